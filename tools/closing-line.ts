import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The one line by which a run is judged, in any language: skips are counted, never hidden. */
function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Prints the closing line last and leaves the counts in `reports/test-counts.json` for CI. */
export class ClosingLine implements Reporter {
  readonly counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state === 'passed') this.counts.passed += 1;
    else if (state === 'failed') this.counts.failed += 1;
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        if (test.result().state === 'skipped') this.counts.skipped += 1;
      }
      // A file that does not even load has no failed test to count.
      if (module.state() === 'failed' && module.errors().length > 0) this.counts.failed += 1;
    }
    this.counts.failed += unhandledErrors.length;
    if (reason === 'failed' && this.counts.failed === 0) this.counts.failed = 1;
    mkdirSync('reports', { recursive: true });
    writeFileSync('reports/test-counts.json', `${JSON.stringify(this.counts)}\n`);
    process.on('exit', () => console.log(closingLine(this.counts)));
  }
}
