/** AccessDenied in AWS's words. IAM names its resources by kind and name, other services by ARN. */
export function deniedText(arn: string, action: string, resource: string, reason: string): string {
  const short = /^arn:aws:iam::\d+:(role|user|policy)\/(?:.*\/)?([^/]+)$/.exec(resource);
  const shown = action.startsWith('iam:') && short !== null ? `${short[1]} ${short[2]}` : resource;
  return `User: ${arn} is not authorized to perform: ${action} on resource: ${shown} ${reason}`;
}
