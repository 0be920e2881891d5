type Environment = Readonly<Record<string, string | undefined>>;

/** What this build is called: the Git tag, else the first seven characters of the commit, else `dev`. */
export function versionFrom(env: Environment): string {
  return env.CI_COMMIT_TAG || env.CI_COMMIT_SHA?.slice(0, 7) || 'dev';
}

const LONGEST_HOST_NAME = 63;

/** Unique per job and per try, so that a lost answer can be found again by name. */
export function smokeInstanceName(app: string, env: Environment, random: string): string {
  const tail = ['', 'smoke', env.CI_JOB_ID, random].filter((part) => part !== undefined).join('-');
  return `${app.slice(0, LONGEST_HOST_NAME - tail.length)}${tail}`;
}

/** Names the job in Vault's audit log; none of it is secret. */
export function jobMetadata(env: Environment): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, string | undefined>> = {
    project: env.CI_PROJECT_PATH,
    pipeline: env.CI_PIPELINE_ID,
    job: env.CI_JOB_ID,
    ref: env.CI_COMMIT_REF_NAME,
    commit: env.CI_COMMIT_SHA,
  };
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
