// What the embedded server tells its caller, which decides where it goes. No password is ever in it.

/** One event: a sentence for people that does not change, and what it is about. */
export type EmbeddedServerLog = (
  message: string,
  fields: Readonly<Record<string, string | number | boolean>>,
) => void;
