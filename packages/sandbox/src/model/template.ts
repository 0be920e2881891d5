export interface TemplateDetails {
  readonly name: string;
  readonly url: string;
  /** MD5 in hex. */
  readonly checksum: string;
  readonly isSshKeyEnabled: boolean;
  readonly isPasswordEnabled: boolean;
  readonly description?: string | undefined;
  readonly family?: string | undefined;
  readonly version?: string | undefined;
  readonly build?: string | undefined;
  readonly maintainer?: string | undefined;
  readonly defaultUser?: string | undefined;
  readonly bootMode?: 'legacy' | 'uefi' | undefined;
}

export interface Template extends TemplateDetails {
  readonly id: string;
  readonly zones: readonly string[];
  readonly visibility: 'public' | 'private';
  readonly sizeBytes: number;
  readonly createdAt: Date;
  /** What the image store gave for it; opaque. */
  readonly image: unknown;
}
