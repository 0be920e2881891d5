import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';

const canary = { kind: 'canary', count: 1, approval: 'automatic', bakeTime: '3s' };

/** `exoship.yaml` of a team that lets canaries pass by themselves: nobody is there to approve them in a demo. */
export async function canaryConfig(file: string): Promise<string> {
  const config = parse(await readFile(file, 'utf8'));
  config.apps.hello.deploy.strategy = canary;
  return stringify(config);
}
