import { ProvenanceError } from '../../src/index.ts';

/** What `work` refuses with: its code and its message. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing was refused';
  } catch (error) {
    if (!(error instanceof ProvenanceError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}
