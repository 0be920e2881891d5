/** IAM as the Vault engine sees it: the real plugin calls `POST /api-key` and `DELETE /api-key/{key}`. */
export interface KeyIssuer {
  /** Resolves an Exoscale IAM role by name or id; `undefined` when there is none. */
  findRole(nameOrId: string): { readonly id: string; readonly name: string } | undefined;
  createKey(name: string, roleId: string): { readonly key: string; readonly secret: string };
  /** `false` when no such key exists (any more). */
  deleteKey(key: string): boolean;
}
