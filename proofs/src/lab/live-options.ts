import { parseArgs } from 'node:util';

export interface LiveOptions {
  readonly zone: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly endpoint: string | undefined;
  /** Only remove what runs have left. */
  readonly isSweep: boolean;
  /** The most that may be spent; `undefined`: nobody agreed to spend anything. */
  readonly cap: number | undefined;
  readonly instanceHour: number;
  readonly balancerHour: number;
  readonly mostToFill: number;
  readonly instanceType: string;
  readonly template: string;
  readonly otherTemplate: string;
  readonly out: string;
}

/** The names that Exoscale's own tools use. */
export interface LiveEnvironment {
  readonly EXOSCALE_API_KEY?: string | undefined;
  readonly EXOSCALE_API_SECRET?: string | undefined;
  readonly EXOSCALE_API_ENDPOINT?: string | undefined;
  readonly EXOSCALE_ZONE?: string | undefined;
}

/** @throws RangeError or TypeError naming what is missing or wrong; never a value of the environment. */
export function parseLiveOptions(
  argv: readonly string[],
  environment: LiveEnvironment,
): LiveOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      zone: { type: 'string' },
      'yes-spend': { type: 'string' },
      sweep: { type: 'boolean', default: false },
      'price-instance': { type: 'string', default: '0.02' },
      'price-balancer': { type: 'string', default: '0.05' },
      'most-to-fill': { type: 'string', default: '25' },
      'instance-type': { type: 'string', default: 'standard.micro' },
      template: { type: 'string', default: 'Linux Ubuntu 24.04 LTS 64-bit' },
      'other-template': { type: 'string', default: 'Linux Debian 12 (Bookworm) 64-bit' },
      out: { type: 'string', default: 'observed.json' },
    },
  });
  const cap = values['yes-spend'];
  return {
    zone: values.zone ?? needed(environment, 'EXOSCALE_ZONE'),
    apiKey: needed(environment, 'EXOSCALE_API_KEY'),
    apiSecret: needed(environment, 'EXOSCALE_API_SECRET'),
    endpoint: environment.EXOSCALE_API_ENDPOINT,
    isSweep: values.sweep,
    cap: cap === undefined ? undefined : amount('--yes-spend', cap),
    instanceHour: amount('--price-instance', values['price-instance']),
    balancerHour: amount('--price-balancer', values['price-balancer']),
    mostToFill: amount('--most-to-fill', values['most-to-fill']),
    instanceType: values['instance-type'],
    template: values.template,
    otherTemplate: values['other-template'],
    out: values.out,
  };
}

function needed(environment: LiveEnvironment, name: keyof LiveEnvironment): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  const flag = name === 'EXOSCALE_ZONE' ? ', or give --zone' : '';
  throw new RangeError(`Set ${name} in the environment${flag}`);
}

function amount(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && text.trim() !== '') return value;
  throw new RangeError(`${name} takes a number from 0: got "${text}"`);
}
