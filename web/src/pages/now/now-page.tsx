// What happens at this moment: figures, packages in work, speed, and the packages that ended last.

import { Figures } from "./figures.tsx";
import { InWork } from "./in-work.tsx";
import { Recent } from "./recent.tsx";
import { Speed } from "./speed.tsx";
import { Upload } from "./upload.tsx";

export function NowPage() {
  return (
    <>
      <h1 class="visually-hidden">Now</h1>
      <Figures />
      <div class="columns now">
        <InWork />
        <Speed />
      </div>
      <Upload />
      <Recent />
    </>
  );
}
