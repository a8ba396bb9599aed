import { Failure } from '../base/errors.ts';

/** A Serverless CLI found in the project. */
export interface FoundFramework {
  readonly package: 'osls' | 'serverless';
  /** The package's version, e.g. `4.3.1`. */
  readonly version: string;
  /** Absolute path of its command. */
  readonly command: string;
}

export interface DeployCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export type DeployVerb = 'deploy' | 'remove' | 'info' | 'package';

/**
 * The command that deploys a stage.
 *
 * @param configured value of `awsProviders.deployCommand`: words, in which `${stage}` and `${region}` are replaced
 * @throws Failure `no-framework`, `framework-unsupported`
 */
export function deployCommand(
  found: FoundFramework | undefined,
  configured: readonly string[],
  verb: DeployVerb,
  stage: string,
  region: string,
): DeployCommand {
  const [program, ...words] = configured;
  if (program !== undefined && verb === 'deploy') {
    const fill = (word: string): string => word.replaceAll('${stage}', stage).replaceAll('${region}', region);
    return { command: program, args: words.map(fill) };
  }
  if (!found) {
    throw new Failure('no-framework', 'No Serverless CLI was found in this project.', {
      hint: 'Install one in the service’s folder, for instance with “npm install --save-dev osls”, or set awsProviders.deployCommand.',
      action: { title: 'Open Settings', command: 'openSettings' },
    });
  }
  if (found.package === 'serverless' && Number.parseInt(found.version, 10) < 4) {
    throw new Failure(
      'framework-unsupported',
      `Serverless Framework ${found.version} cannot renew credentials during a deploy.`,
      {
        hint: 'It does not support credential_process. osls 4 is its maintained successor and needs no other change: “npm install --save-dev osls”.',
      },
    );
  }
  return { command: found.command, args: [verb, '--stage', stage, '--region', region] };
}
