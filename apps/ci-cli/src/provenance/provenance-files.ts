/** Signed, for `deploy` to verify. Beside the artifact, from which it takes its name. */
export function provenanceFileOf(artifactFile: string): string {
  return artifactFile.replace(/(\.json)?$/, '.provenance.json');
}

/** The same statement without a signature: for people, and proof of nothing. */
export function manifestFileOf(artifactFile: string): string {
  return artifactFile.replace(/(\.json)?$/, '.manifest.json');
}

/** What a statement is about: the template as the cloud names it, not as people do. */
export function subjectName(zone: string, templateId: string): string {
  return `exoscale://${zone}/template/${templateId}`;
}
