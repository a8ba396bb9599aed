/** SSO OIDC's calls as the SDK makes them, for tests of the emulator. */
import {
  CreateTokenCommand,
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
  type CreateTokenCommandInput,
  type RegisterClientCommandInput,
} from '@aws-sdk/client-sso-oidc';

export const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
export const ACCESS = 'sso:account:access';

export interface Registered {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** `endpoint` is asked at each call, so that the emulator may start later. */
export function oidcCalls(endpoint: () => string) {
  const client = (at = endpoint()): SSOOIDCClient =>
    new SSOOIDCClient({ endpoint: at, region: 'eu-west-1', maxAttempts: 1 });
  const token = (by: Registered, input: Omit<CreateTokenCommandInput, 'clientId' | 'clientSecret'>) =>
    client().send(new CreateTokenCommand({ ...by, ...input }));
  return {
    token,
    poll: (by: Registered, deviceCode: string) => token(by, { grantType: DEVICE, deviceCode }),
    refresh: (by: Registered, refreshToken = '') => token(by, { grantType: 'refresh_token', refreshToken }),
    register: async (more: Partial<RegisterClientCommandInput> = {}): Promise<Registered> => {
      const input = { clientName: 'Stage Providers', clientType: 'public', scopes: [ACCESS], ...more };
      const { clientId = '', clientSecret = '' } = await client().send(new RegisterClientCommand(input));
      return { clientId, clientSecret };
    },
    startDevice: async (by: Registered, startUrl: string, at?: string) => {
      const answer = await client(at).send(new StartDeviceAuthorizationCommand({ ...by, startUrl }));
      const { deviceCode = '', userCode = '', verificationUriComplete = '' } = answer;
      return { ...answer, deviceCode, userCode, verificationUriComplete };
    },
  };
}
