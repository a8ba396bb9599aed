/** Where secrets live; the only implementation is VS Code's SecretStorage. Keys are ours, without the install prefix. */
export interface SecretStore {
  load(key: string): Promise<string | undefined>;
  store(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** Deletes every secret of this install, and no other install's. */
  deleteAll(): Promise<void>;
}

/** Key of an access-key provider's `{ accessKeyId, secretAccessKey }` JSON. */
export function accessKeySecret(providerId: string): string {
  return `provider/${providerId}/accessKey`;
}

/** Key of an access role's ExternalId; pending Quick Connect work uses the id its provider will get. */
export function externalIdSecret(providerId: string): string {
  return `provider/${providerId}/externalId`;
}
