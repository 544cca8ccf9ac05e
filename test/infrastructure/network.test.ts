/** A network of the user's own, as the CDK looks it up: what is found is used, and what is missing is said. */
import type { App } from 'aws-cdk-lib/core';
import { Match, stackOf, standInArtifacts, Template } from './synth.ts';

const VPC_ID = 'vpc-0123456789abcdef0';
const ACCOUNT = '111122223333';
const KEY = `vpc-provider:account=${ACCOUNT}:filter.vpc-id=${VPC_ID}:region=us-east-1:returnAsymmetricSubnets=true`;

/** What the CDK's lookup keeps in cdk.context.json. */
function found(...types: ('Public' | 'Private' | 'Isolated')[]): object {
  const zones = ['us-east-1a', 'us-east-1b'];
  return {
    vpcId: VPC_ID,
    vpcCidrBlock: '10.1.0.0/16',
    ownerAccountId: ACCOUNT,
    availabilityZones: [],
    subnetGroups: types.map((type) => ({
      name: type,
      type,
      subnets: zones.map((availabilityZone, index) => ({
        subnetId: `subnet-${type.toLowerCase()}${String(index)}`,
        cidr: `10.1.${String(index)}.0/24`,
        availabilityZone,
        routeTableId: 'rtb-1',
      })),
    })),
  };
}

const stackIn = (answer: unknown, ASSIGN_IP = true) =>
  stackOf({ VPC_ID, ASSIGN_IP }, standInArtifacts(), { account: ACCOUNT, context: { [KEY]: answer } });

test.each([
  [true, 'public'],
  [false, 'private'],
])('given ASSIGN_IP: %s, then machines stand in its %s subnets, and no network is made', (assign, kind) => {
  const template = Template.fromStack(stackIn(found('Public', 'Private', 'Isolated'), assign));
  template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
    VPCZoneIdentifier: [`subnet-${kind}0`, `subnet-${kind}1`],
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    VpcId: VPC_ID,
    SecurityGroupIngress: Match.absent(),
  });
  template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: { NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: assign })] },
  });
  for (const type of ['VPC', 'Subnet', 'RouteTable', 'InternetGateway', 'VPCEndpoint']) {
    template.resourceCountIs(`AWS::EC2::${type}`, 0);
  }
});

test.each([
  [true, found('Private'), 'has no public subnet, but machines have public addresses (ASSIGN_IP)'],
  [
    false,
    found('Public', 'Isolated'),
    'has no private subnet with a NAT gateway, but machines have no public',
  ],
])('given ASSIGN_IP: %s and no subnets for it, then it says so', (assign, answer, words) => {
  expect(() => stackIn(answer, assign)).toThrow(`VPC_ID is '${VPC_ID}', and that network ${words}`);
});

test('given credentials and no lookup yet, then the CDK is asked for that network in that region', () => {
  const stack = stackOf({ VPC_ID }, standInArtifacts(), { account: ACCOUNT });
  const { manifest } = (stack.node.root as App).synth();
  expect(manifest.missing?.map(({ key }) => key)).toEqual([KEY]);
});

test('given that there is no such network, then the CDK stops with its id', () => {
  // What a lookup leaves that found nothing: https://github.com/aws/aws-cdk-cli (context-providers)
  const stack = stackIn({ $providerError: `Could not find any VPCs matching {"vpc-id":"${VPC_ID}"}` });
  const { messages } = (stack.node.root as App).synth().getStackByName(stack.stackName);
  expect(messages.map(({ level, entry }) => `${level}: ${String(entry.data)}`)).toContainEqual(
    expect.stringMatching(/^error: .*vpc-0123456789abcdef0/),
  );
});
