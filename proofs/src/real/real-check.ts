/** One thing that a real program was seen to do, or not. */
export interface RealCheck {
  readonly what: string;
  readonly holds: boolean;
  /** What was seen; no secrets. */
  readonly seen: string;
  /** It was not tried, for the reason seen. */
  readonly isSkipped?: boolean;
}
