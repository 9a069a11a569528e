// Where the dashboard begins.
import { render } from "preact";
import { App } from "./app.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/table.css";
import "./styles/charts.css";
import "./styles/pages.css";
import { followDaemon } from "./live/follow.ts";

const root = document.getElementById("app");
if (root !== null) {
  render(<App />, root);
  followDaemon();
}
