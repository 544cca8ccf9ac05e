/** Where the machines stand: a network of public subnets in every zone, or the user's own. Nothing reaches in. */
import { IpAddresses, type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { GatewayVpcEndpointAwsService, type SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Config } from '../config/index.ts';
import { DistributedFijiError } from '../errors.ts';

export class NetworkUnknownError extends DistributedFijiError {
  constructor(vpc: string) {
    super(`VPC_ID is '${vpc}', and its subnets can only be looked up with AWS credentials.`, {
      code: 'CONFIG_INVALID',
      fix: 'Log in (aws sso login, or set AWS_PROFILE), or leave VPC_ID out: then a network is made for the run.',
    });
  }
}

export class SubnetsMissingError extends DistributedFijiError {
  constructor(vpc: string, assignIp: boolean) {
    const [lacks, why, fix] = assignIp
      ? [
          'public subnet',
          'machines have public addresses (ASSIGN_IP)',
          'a NAT gateway for its private subnets and ASSIGN_IP: false',
        ]
      : [
          'private subnet with a NAT gateway',
          'machines have no public addresses (ASSIGN_IP: false)',
          'ASSIGN_IP: true if it has public subnets',
        ];
    super(`VPC_ID is '${vpc}', and that network has no ${lacks}, but ${why}.`, {
      code: 'CONFIG_INVALID',
      fix: `Name another network; or use ${fix}; or leave VPC_ID out: then a network is made for the run.`,
    });
  }
}

export class Network extends Construct {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.vpc =
      config.VPC_ID === undefined ? this.newVpc() : this.existingVpc(config.VPC_ID, config.ASSIGN_IP);
    this.subnets = { subnetType: config.ASSIGN_IP ? SubnetType.PUBLIC : SubnetType.PRIVATE_WITH_EGRESS };

    const group = new SecurityGroup(this, 'Machines', {
      vpc: this.vpc,
      description: `Machines of ${config.APP_NAME}: out to anywhere, in from nowhere`,
      allowAllOutbound: true, // images, scripts and packages come from servers that nobody can list beforehand
    });
    if (config.SSH_KEY_NAME !== undefined && config.SSH_CIDR !== undefined) {
      group.addIngressRule(Peer.ipv4(config.SSH_CIDR), Port.tcp(22), 'SSH_CIDR');
    }
    this.securityGroup = group;
  }

  private newVpc(): IVpc {
    const vpc: unknown = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      // Every zone: the more of them, the more Spot machines. (Two where the account is not known yet.)
      maxAzs: 16,
      // A NAT gateway costs more a month than many a run.
      natGateways: 0,
      subnetConfiguration: [
        // 4,091 addresses in each of at most 16 subnets; addresses are given by the launch template (ASSIGN_IP).
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 20, mapPublicIpOnLaunch: false },
      ],
      // Images and results go to S3 without charge for the way.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
      // Its custom resource would leave a log group behind; no machine uses that group.
      restrictDefaultSecurityGroup: false,
    });
    return vpc as IVpc; // CDK's own class and interface disagree under exactOptionalPropertyTypes
  }

  private existingVpc(vpcId: string, assignIp: boolean): IVpc {
    if (Token.isUnresolved(Stack.of(this).account)) throw new NetworkUnknownError(vpcId);
    const vpc = Vpc.fromLookup(this, 'Vpc', { vpcId });
    if ((assignIp ? vpc.publicSubnets : vpc.privateSubnets).length === 0) {
      throw new SubnetsMissingError(vpcId, assignIp);
    }
    return vpc;
  }
}
