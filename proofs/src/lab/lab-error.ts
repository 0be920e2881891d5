/**
 * `impatient`: the cloud did not get there in time · `over-budget`: more than the plan allows · `refused`: the cloud
 * refused what an experiment rests on.
 */
export type LabErrorCode = 'impatient' | 'over-budget' | 'refused';

/** Why an experiment cannot tell. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
