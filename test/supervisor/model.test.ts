// The supervisor against its model: random children, random histories. After each step both must have done the same
// things in the same order, given the same answers, spent the same time, and be in the same state.
//
// `together` is what makes the histories interesting: while the supervisor is held in the start of a child, ends,
// requests and stops pile up in its queue, and are then served in a row.
import fc from "fast-check";
import { expect, test } from "vitest";
import { autoShutdowns, restartTypes, strategies } from "../../src/supervisor/child-spec.ts";
import type { Exit } from "../../src/supervisor/component.ts";
import type { Supervisor } from "../../src/supervisor/supervisor-api.ts";
import { type FakeChild, Stage } from "./stage.ts";
import { type Kind, type ModelChild, type Request, SupervisorModel } from "./supervisor-model.ts";

const ids = ["a", "b", "c", "d", "e"] as const;
const kinds = ["normal", "shutdown", "crash", "killed"] as const satisfies readonly Kind[];
const requests = [
  "startChild",
  "terminateChild",
  "restartChild",
  "deleteChild",
] as const satisfies readonly Request[];

type Single =
  | { readonly do: "exit"; readonly which: number; readonly kind: Kind }
  | { readonly do: "plan"; readonly which: number; readonly plan: "fail" | "ignore" }
  | { readonly do: "hang"; readonly which: number; readonly hangs: boolean }
  | { readonly do: "endsWith"; readonly which: number; readonly kind: Kind }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "request"; readonly which: number; readonly name: Request }
  | { readonly do: "stop" | "kill" };
type Step = Single | { readonly do: "together"; readonly steps: readonly Single[] };

/** An end and a plan are for one of those who run, if any does: else most would be for nobody. */
const which = fc.nat({ max: ids.length - 1 });
const kind = fc.constantFrom(...kinds);
const plan = fc.constantFrom("fail", "ignore");
const single: fc.Arbitrary<Single> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ do: fc.constant("exit"), which, kind }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant("plan"), which, plan }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("hang"), which, hangs: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("endsWith"), which, kind }) },
  {
    weight: 15,
    arbitrary: fc.record({ do: fc.constant("pass"), ms: fc.constantFrom(1, 400, 999, 1_000) }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant("request"),
      which,
      name: fc.constantFrom(...requests),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("stop", "kill") }) },
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: single },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("together"),
        steps: fc.array(single, { maxLength: 6, size: "max" }),
      }),
    },
  ),
  { maxLength: 30, size: "max" },
);

const supervisorSpec = fc.record({
  strategy: fc.constantFrom(...strategies),
  autoShutdown: fc.constantFrom(...autoShutdowns),
  maxRestarts: fc.nat({ max: 5 }),
  maxSeconds: fc.constantFrom(1, 2),
});
const childSpec = fc.record({
  restart: fc.constantFrom(...restartTypes),
  significant: fc.boolean(),
  shutdownMs: fc.constantFrom(0, 100, 700, Number.POSITIVE_INFINITY),
  firstStart: fc.constantFrom("runs", "runs", "runs", "runs", "ignore", "fail"),
});
const cast = fc.record({
  spec: supervisorSpec,
  children: fc.array(childSpec, { minLength: ids.length, maxLength: ids.length }),
  inSpec: fc.nat({ max: 4 }),
});
type Cast = typeof cast extends fc.Arbitrary<infer Value> ? Value : never;

/** Both sides of the comparison, and the steps that are done to both. */
class Play {
  readonly #stage = new Stage();
  readonly #model: SupervisorModel;
  readonly #fakes: FakeChild[] = [];
  readonly #twins: ModelChild[] = [];
  readonly #answers: string[] = [];
  readonly #cast: Cast;

  constructor(cast: Cast) {
    this.#cast = cast;
    this.#model = new SupervisorModel(cast.spec);
    for (const [at, id] of ids.entries()) this.#addChild(id, cast.children[at]);
  }

  async run(sequence: readonly Step[]): Promise<void> {
    const { spec, inSpec } = this.#cast;
    this.#model.startAll(this.#twins.slice(0, inSpec));
    const starting = this.#stage
      .start(spec, ...this.#fakes.slice(0, inSpec))
      .catch(() => undefined);
    await this.#rest();
    const supervisor = await starting;
    expect(supervisor === undefined).toBe(this.#model.end === "not started");
    await this.#compare(supervisor);
    if (supervisor === undefined) return;
    for (const step of sequence) {
      if (step.do === "together") await this.#together(supervisor, step.steps);
      else this.#do(supervisor, step);
      this.#model.serve();
      await this.#rest();
      await this.#compare(supervisor);
    }
  }

  #addChild(id: string, drawn: Cast["children"][number] | undefined): void {
    if (drawn === undefined) throw new Error("as many children as ids");
    const { restart, shutdownMs, firstStart } = drawn;
    const maySignify = restart !== "permanent" && this.#cast.spec.autoShutdown !== "never";
    const spec = { restart, shutdownMs, significant: drawn.significant && maySignify };
    const fake = this.#stage.child(id, spec);
    const planned = firstStart === "runs" ? [] : [firstStart];
    fake.plan.push(...planned);
    this.#fakes.push(fake);
    this.#twins.push({
      ...{ id, ...spec, plan: planned },
      ...{
        hangs: false,
        endsWith: "shutdown",
        runs: 0,
        ended: "normal",
        state: "stopped",
        tries: 0,
      },
    });
  }

  #do(supervisor: Supervisor, step: Single): void {
    switch (step.do) {
      case "stop":
      case "kill":
        supervisor[step.do]();
        this.#model[step.do]();
        return;
      case "pass":
        void this.#stage.clock.advance(step.ms); // No timer is running: it has passed at once.
        this.#model.nowMs += step.ms;
        return;
      default:
        this.#doToChild(supervisor, step);
    }
  }

  #doToChild(supervisor: Supervisor, step: Extract<Single, { which: number }>): void {
    const running = ids.map((_, at) => at).filter((at) => this.#twins[at]?.ended === undefined);
    const among = step.do === "exit" || step.do === "plan" ? running : [];
    const at = among[step.which % among.length] ?? step.which;
    const [fake, twin] = [this.#fakes[at], this.#twins[at]];
    if (fake === undefined || twin === undefined) throw new Error("no such child");
    switch (step.do) {
      case "exit":
        if (twin.ended === undefined) fake.exit(step.kind);
        this.#model.exit(twin, step.kind);
        return;
      case "plan":
        fake.plan.push(step.plan);
        twin.plan.push(step.plan);
        return;
      case "hang": // With Infinity it would hang for ever, as it should.
        fake.hangs = step.hangs && Number.isFinite(twin.shutdownMs);
        twin.hangs = fake.hangs;
        return;
      case "endsWith":
        fake.endsWith = step.kind === "crash" ? { kind: "crash", error: 0 } : { kind: step.kind };
        twin.endsWith = step.kind;
        return;
      case "request":
        this.#ask(supervisor, step.name, fake);
        this.#model.request(step.name, twin);
    }
  }

  #ask(supervisor: Supervisor, name: Request, { spec }: FakeChild): void {
    const at = this.#answers.push("none yet") - 1;
    const answer = name === "startChild" ? supervisor.startChild(spec) : supervisor[name](spec.id);
    answer.then(
      ({ kind }) => {
        this.#answers[at] = kind;
      },
      () => {
        this.#answers[at] = "refused";
      },
    );
  }

  async #together(supervisor: Supervisor, together: readonly Single[]): Promise<void> {
    let letGo = (): void => {};
    const held = new Promise<"ignore">((resolve) => {
      letGo = () => resolve("ignore");
    });
    const holding = supervisor
      .startChild({ id: "hold", restart: "temporary", start: () => held })
      .catch(() => {});
    for (const step of together) {
      await this.#stage.settled(); // So that each end is in the queue before the next step is.
      this.#do(supervisor, step);
    }
    await this.#stage.settled();
    letGo();
    await holding;
  }

  /** Lets happen what can, time passing only where the supervisor waits for a child that hangs. */
  async #rest(): Promise<void> {
    const { clock } = this.#stage;
    await this.#stage.settled();
    for (let ms = clock.nextInMs; ms !== undefined; ms = clock.nextInMs) {
      await clock.advance(ms);
      await this.#stage.settled();
    }
  }

  async #compare(supervisor: Supervisor | undefined): Promise<void> {
    const model = this.#model;
    expect(this.#stage.journal).toEqual(model.journal);
    expect(this.#answers).toEqual(model.answers);
    expect(this.#stage.clock.nowMs()).toBe(model.nowMs);
    expect(this.#fakes.map(({ runs }) => runs)).toEqual(this.#twins.map(({ runs }) => runs));
    if (supervisor === undefined) return;
    if (model.end !== undefined) {
      expect(toEnd(await supervisor.exited)).toBe(model.end);
      return;
    }
    const states = model.children.map(({ id, state }) => ({ id, state }));
    expect(await supervisor.children()).toMatchObject(states);
    const active = states.filter(({ state }) => state === "running").length;
    expect(await supervisor.count()).toMatchObject({ specs: states.length, active });
  }
}

function toEnd(exit: Exit): string | undefined {
  return exit.kind === "shutdown" ? exit.detail : exit.kind;
}

test("whatever happens, the supervisor does what its model does", async () => {
  await fc.assert(
    fc.asyncProperty(cast, steps, (drawn, sequence) => new Play(drawn).run(sequence)),
    { numRuns: 600 },
  );
});
