// The latest reading of a satellite type, and what there is of it in all.
import type { Satellite } from "../../../../src/api/schemas/satellites.ts";
import type { TelemetryPoint } from "../../../../src/api/schemas/telemetry.ts";
import { placeText } from "../../map/ground-track.tsx";
import { colourOfValue } from "../../readings/states.ts";
import { hrefOf } from "../../router.ts";
import { Count, Decimal, Rejects } from "../../ui/figures.tsx";
import { Foreign } from "../../ui/foreign.tsx";
import { Ago, Moment } from "../../ui/moment.tsx";
import { Panel } from "../../ui/panel.tsx";

export function LatestState({ of }: { of: Satellite }) {
  const { latest } = of;
  return (
    <Panel
      title="Latest reading"
      aside={latest === null ? undefined : <Ago iso={latest.timestamp} />}
    >
      <dl class="body facts">
        {latest !== null && <Latest of={latest} instruments={of.instruments} />}
        <dt>Packages</dt>
        <dd>
          <a href={hrefOf("/packages", { satellite: of.satelliteType })}>
            <Count of={of.packages} />
          </a>
        </dd>
        <dt>Readings</dt>
        <dd>
          <Count of={of.importedLines} />
        </dd>
        <dt>Rejected</dt>
        <dd>
          <Rejects of={of.errors} />
        </dd>
      </dl>
    </Panel>
  );
}

interface LatestProps {
  readonly of: TelemetryPoint;
  readonly instruments: readonly string[];
}

function Latest({ of, instruments }: LatestProps) {
  const said = new Map(Object.entries(of.instruments));
  return (
    <>
      <dt>Taken</dt>
      <dd>
        <Moment iso={of.timestamp} />
      </dd>
      <dt>Position</dt>
      <dd>{placeText({ ...of, seconds: 0 })}</dd>
      <dt>Altitude</dt>
      <dd>
        <Decimal of={of.altitude} digits={1} unit="m" />
      </dd>
      <dt>Velocity</dt>
      <dd>
        <Decimal of={of.velocity} digits={2} unit="m/s" />
      </dd>
      {instruments.map((instrument) => {
        const value = said.get(instrument) ?? "";
        const background = `var(${colourOfValue(value, [value])})`;
        return (
          <>
            <dt>{instrument}</dt>
            <dd class="said">
              <i class="swatch" style={{ background }} aria-hidden="true" />
              <Foreign text={value === "" ? "(empty)" : value} />
            </dd>
          </>
        );
      })}
      <dt>From</dt>
      <dd>
        <a href={hrefOf(`/packages/${of.fileId}`)}>package {of.fileId}</a>
        <span class="dim">, line {of.line}</span>
      </dd>
    </>
  );
}
