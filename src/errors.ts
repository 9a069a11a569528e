// Every error that is thrown on purpose, with its code and the sentence when it is thrown. Outcomes that a caller
// expects (a rejected line, a refused package, a duplicate) are values and not here.

/** Base of every error thrown on purpose. Match on `code`: it is API; the text is for people. */
export abstract class DownlinkError extends Error {
  abstract readonly code: `E_${string}`;
  override readonly name: string = this.constructor.name;
}

/** A person must set something right before a start makes sense: the process ends with exit code 2. */
export class SetupError extends DownlinkError {
  readonly code = "E_SETUP";
}

/** Thrown by `post` and `call`: the actor has stopped or is stopping. The message was not delivered. */
export class ActorStoppedError extends DownlinkError {
  readonly code = "E_ACTOR_STOPPED";
}

/** Thrown by `call`: no answer within its limit. The message may still be handled. */
export class CallTimeoutError extends DownlinkError {
  readonly code = "E_CALL_TIMEOUT";
}

/** Thrown before any child is started: a child spec or supervisor option that cannot be. */
export class InvalidSpecError extends DownlinkError {
  readonly code = "E_INVALID_SPEC";
}

/** Thrown by the start of a supervisor: one of its children could not be started; `cause` says why. */
export class ChildStartError extends DownlinkError {
  readonly code = "E_CHILD_START";
}

/** Thrown by the registry: the name already has a running holder, which is given. */
export class AlreadyRegisteredError extends DownlinkError {
  readonly code = "E_ALREADY_REGISTERED";
  readonly holder: object;

  constructor(message: string, holder: object) {
    super(message);
    this.holder = holder;
  }
}

/** Thrown by a look-up that needs a running component where there is none. */
export class NotRegisteredError extends DownlinkError {
  readonly code = "E_NOT_REGISTERED";
}

/** The embedded server could not be started, reached or stopped, and no setting explains it: a later try may work. */
export class EmbeddedServerError extends DownlinkError {
  readonly code = "E_EMBEDDED_SERVER";
}

/** Thrown where a connection to the database could not be made: it is down, full, a standby, or does not let us in. */
export class DatabaseAwayError extends DownlinkError {
  readonly code = "E_DATABASE_AWAY";
}

/** Thrown by `call`: the receiver ended before it answered. Whether it handled the message is not known. */
export class UnansweredCallError extends DownlinkError {
  readonly code = "E_UNANSWERED_CALL";
}

/** The server took another number of rows than was sent: a bug of ours. Nothing is committed. */
export class CopyCountError extends DownlinkError {
  readonly code = "E_COPY_COUNT";
}

/** COMMIT was answered by something else: the transaction was rolled back behind our back. */
export class NotCommittedError extends DownlinkError {
  readonly code = "E_NOT_COMMITTED";
}

/** A checkpoint is not where this run, and no other, has left it. Nothing is committed; the next run looks anew. */
export class CheckpointError extends DownlinkError {
  readonly code = "E_CHECKPOINT";
}

/** A parse thread died, failed or took too long, or the pool is closed. The chunk is lost, and read again. */
export class ParseTaskError extends DownlinkError {
  readonly code = "E_PARSE_TASK";
}

/** A setting that is not known, or a value that it does not take. Nothing was changed. */
export class InvalidSettingError extends DownlinkError {
  readonly code = "E_INVALID_SETTING";
}

/** Thrown while a request of the HTTP API is answered: it is answered with the problem of that code. */
export class ProblemError extends DownlinkError {
  readonly code = "E_PROBLEM";
  /** As in api/schemas/problem.ts. */
  readonly problem: string;

  constructor(message: string, problem: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
