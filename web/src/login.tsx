// Asks for the API token when the server wants one.
import { setToken, token } from "./api/token.ts";

export function Login() {
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("token");
    if (typeof given === "string" && given !== "") setToken(given.trim());
  };
  return (
    <section class="login">
      <h1>This downlink wants a token</h1>
      <p class="dim">
        It is the value of <code>DOWNLINK_API_TOKEN</code> on the machine that runs it. It is kept
        until this tab is closed, and nowhere else.
      </p>
      <form onSubmit={submit}>
        <input
          name="token"
          type="password"
          aria-label="API token"
          autocomplete="current-password"
          required
        />
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
      {token.value !== "" && (
        <p class="bad" role="alert">
          The token was not accepted.
        </p>
      )}
    </section>
  );
}
