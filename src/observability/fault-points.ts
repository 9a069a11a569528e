// The steps of a package at which something may go wrong, as points that the code passes by name. In production
// nothing happens there. Tests hand in an object that kills, throws or hangs at a chosen point; it is no part of src/,
// and no variable arms it.

export type FaultPoint =
  | "after_stat"
  | "after_claim"
  | "after_hash"
  | "after_ledger_insert"
  | "after_epoch"
  | "after_header"
  | "worker_mid_chunk"
  | "before_begin"
  | "mid_copy"
  | "after_copy"
  | "before_checkpoint"
  | "before_commit"
  | "commit_sent"
  | "after_commit"
  | "mid_narrowing"
  | "before_last_commit"
  | "after_complete"
  | "before_unlink"
  | "after_unlink"
  | "before_archive_move"
  | "before_failed_move"
  | "after_failed_move"
  | "in_drain";

export interface FaultPoints {
  /** Passed once each time the code reaches the point. May throw, hang or end the process, in tests. */
  at(point: FaultPoint): Promise<void>;
}

export const noFaults: FaultPoints = { at: () => Promise.resolve() };
