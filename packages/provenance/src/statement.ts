/** Lower-case hexadecimal by algorithm, such as `{ sha256: '…' }`. */
export type Digests = Readonly<Record<string, string>>;

/** in-toto's ResourceDescriptor, as far as it is used here. */
export interface Resource {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Digests;
}

/** An in-toto Statement v1 with the predicate SLSA Provenance v1. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly { readonly name: string; readonly digest: Digests }[];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string;
      readonly externalParameters: Readonly<Record<string, unknown>>;
      readonly internalParameters?: Readonly<Record<string, unknown>>;
      readonly resolvedDependencies: readonly Resource[];
    };
    readonly runDetails: {
      readonly builder: {
        readonly id: string;
        readonly version?: Readonly<Record<string, string>>;
      };
      readonly metadata: {
        readonly invocationId?: string;
        readonly startedOn: string;
        readonly finishedOn: string;
      };
    };
  };
}

/** What was made, of what, and by whom. Nothing secret: whoever can see the image may read it. */
export interface BuildFacts {
  readonly subject: { readonly name: string; readonly digests: Digests };
  /** URI that says how the parameters are to be read. */
  readonly buildType: string;
  /** What the caller of the build chose. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What follows from the parameters, for people who look into it. */
  readonly derived?: Readonly<Record<string, unknown>>;
  /** What went in. */
  readonly inputs: readonly Resource[];
  /** `id` is a URI that names what ran the build; `versions` those of its tools. */
  readonly builder: { readonly id: string; readonly versions: Readonly<Record<string, string>> };
  /** URI of this run. */
  readonly invocation?: string | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';

/**
 * States how something was made. By itself it proves nothing: it is a build manifest until somebody signs it.
 *
 * @throws RangeError when the subject has no SHA-256: then it could be about anything.
 */
export function createStatement(facts: BuildFacts): Statement {
  const { subject, buildType, parameters, derived, inputs, builder, invocation } = facts;
  if (!/^[0-9a-f]{64}$/.test(subject.digests.sha256 ?? '')) {
    throw new RangeError(`Subject "${subject.name}" needs a SHA-256 in lower-case hexadecimal`);
  }
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: subject.name, digest: subject.digests }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: parameters,
        ...(derived && { internalParameters: derived }),
        resolvedDependencies: inputs,
      },
      runDetails: {
        builder: { id: builder.id, version: builder.versions },
        metadata: {
          ...(invocation && { invocationId: invocation }),
          startedOn: facts.startedAt.toISOString(),
          finishedOn: facts.finishedAt.toISOString(),
        },
      },
    },
  };
}
