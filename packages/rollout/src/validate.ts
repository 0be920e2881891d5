import { isAmount } from './fenceposts.ts';
import type { ResolvedStrategy } from './strategy.ts';

export function checkGiven(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('Missing options');
}

export function checkKeys(what: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`Unknown ${what} "${unknown}"`);
}

export function checkPositive(key: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0) || value === Number.POSITIVE_INFINITY) {
    throw new RangeError(`Option "${key}" must be a number of milliseconds: ${String(value)}`);
  }
}

export function checkCount(key: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`Option "${key}" must be a whole number from 1: ${String(value)}`);
  }
}

export function checkOneOf(key: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw new TypeError(`Option "${key}" must be one of ${allowed.join(', ')}: "${value}"`);
  }
}

const STRATEGY_KEYS: Readonly<Record<ResolvedStrategy['kind'], readonly string[]>> = {
  auto: [],
  double: ['proveFirst'],
  exponential: ['first'],
  batch: ['size', 'proveFirst'],
  'one-by-one': [],
  canary: ['count', 'approval', 'bakeTimeMs', 'rest'],
};

export function checkStrategy(strategy: ResolvedStrategy): void {
  checkOneOf('strategy.kind', strategy.kind, Object.keys(STRATEGY_KEYS));
  checkKeys('strategy option', strategy, ['kind', ...STRATEGY_KEYS[strategy.kind]]);
  if (strategy.kind === 'exponential') checkCount('strategy.first', strategy.first ?? 1);
  if (strategy.kind === 'batch') checkWave('strategy.size', strategy.size ?? '25%');
  if (strategy.kind !== 'canary') return;
  checkWave('strategy.count', strategy.count ?? 1);
  checkPositive('strategy.bakeTimeMs', strategy.bakeTimeMs ?? 0);
  checkOneOf('strategy.approval', strategy.approval ?? 'manual', ['manual', 'automatic']);
  if (strategy.rest === undefined) return;
  if ((strategy.rest.kind as string) === 'canary') {
    throw new TypeError('Option "strategy.rest" must not be a canary again');
  }
  checkStrategy(strategy.rest);
}

function checkWave(key: string, value: unknown): void {
  if (!isAmount(value) || value === 0) {
    throw new RangeError(
      `Option "${key}" must be a count from 1 or a share such as "25%": ${JSON.stringify(value)}`,
    );
  }
}
