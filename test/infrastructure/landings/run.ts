import { Match, stackOf, userDataOf } from '../synth.ts';
import {
  container,
  environment,
  launchTemplate,
  hostSetting,
  monitorSetting,
  all,
  type Landing,
} from './landing.ts';

export const run = {
  APP_NAME: {
    other: { APP_NAME: 'Other_Run' },
    lands: all(
      environment('APP_NAME', (config) => config.APP_NAME),
      container(() => ({})),
      (template, config) => {
        template.hasResourceProperties('AWS::ECS::TaskDefinition', {
          Family: `${config.APP_NAME}Task`,
          PlacementConstraints: Match.arrayWith([
            { Type: 'memberOf', Expression: `attribute:distributed-fiji.app == ${config.APP_NAME}` },
          ]),
        });
        expect(userDataOf(template)).toContain(`"distributed-fiji.app":"${config.APP_NAME}"`);
        expect(stackOf({ APP_NAME: config.APP_NAME }).stackName).toBe(config.APP_NAME.replace('_', '--'));
      },
    ),
  },
  DOCKERHUB_TAG: {
    other: { DOCKERHUB_TAG: `lab/fiji@sha256:${'0a'.repeat(32)}` },
    lands: all(
      container((config) => ({ Image: config.DOCKERHUB_TAG })),
      environment('DOCKERHUB_TAG', (config) => config.DOCKERHUB_TAG),
      hostSetting((config) => `IMAGE='${config.DOCKERHUB_TAG}'`),
    ),
  },
  DOCKER_CREDENTIALS_SECRET: {
    other: { DOCKER_CREDENTIALS_SECRET: 'dockerhub-login' },
    lands: (template, config) => {
      const secret = config.DOCKER_CREDENTIALS_SECRET;
      const wanted = JSON.stringify(secret === undefined ? '' : `:secret:${secret}-??????`);
      expect(JSON.stringify(template.toJSON())).toContain(wanted.slice(1, -1));
      container(() => ({
        RepositoryCredentials:
          secret === undefined ? Match.absent() : { CredentialsParameter: Match.anyValue() },
      }))(template, config);
    },
  },
  SCRIPT_DOWNLOAD_URL: {
    other: { SCRIPT_DOWNLOAD_URL: 's3://scripts-of-others/a b.groovy' },
    lands: environment('SCRIPT_DOWNLOAD_URL', (config) => config.SCRIPT_DOWNLOAD_URL),
  },
  AWS_REGION: {
    other: { AWS_REGION: 'eu-central-1' },
    lands: all(
      environment('AWS_REGION', (config) => config.AWS_REGION),
      hostSetting((config) => `AWS_REGION='${config.AWS_REGION}'`),
    ),
  },
  AWS_PROFILE: { other: { AWS_PROFILE: 'lab' } },
  AWS_BUCKET: {
    other: { AWS_BUCKET: 'another-bucket' },
    lands: all(
      environment('SOURCE', (config) => `s3://${config.AWS_BUCKET}`),
      environment('DESTINATION', (config) => `s3://${config.AWS_BUCKET}`),
    ),
  },
  SOURCE_BUCKET: {
    other: { SOURCE_BUCKET: 'cellpainting-gallery' },
    lands: all(
      environment('SOURCE', (config) => `s3://${config.SOURCE_BUCKET}`),
      hostSetting((config) => `MOUNT_BUCKET='${config.SOURCE_BUCKET}'`),
    ),
  },
  DESTINATION_BUCKET: {
    other: { DESTINATION_BUCKET: 'results-of-our-lab' },
    lands: all(
      environment('DESTINATION', (config) => `s3://${config.DESTINATION_BUCKET}`),
      monitorSetting('DESTINATION', (config) => `s3://${config.DESTINATION_BUCKET}`),
      monitorSetting(
        'MONITOR_MEMORY',
        (config) => `s3://${config.DESTINATION_BUCKET}/distributed-fiji/${config.APP_NAME}/monitor.json`,
      ),
    ),
  },
  UPLOAD_FLAGS: {
    other: { UPLOAD_FLAGS: '--acl bucket-owner-full-control' },
    lands: environment('UPLOAD_FLAGS', (config) => config.UPLOAD_FLAGS),
  },
  SSH_KEY_NAME: {
    other: { SSH_KEY_NAME: 'my-key.pem', SSH_CIDR: '203.0.113.7/32' },
    lands: launchTemplate((config) => ({ KeyName: config.SSH_KEY_NAME ?? Match.absent() })),
  },
  SSH_CIDR: {
    other: { SSH_KEY_NAME: 'my-key', SSH_CIDR: '198.51.100.0/24' },
    lands: (template, config) => {
      template.hasResourceProperties('AWS::EC2::SecurityGroup', {
        SecurityGroupIngress:
          config.SSH_CIDR === undefined
            ? Match.absent()
            : [
                {
                  CidrIp: config.SSH_CIDR,
                  IpProtocol: 'tcp',
                  FromPort: 22,
                  ToPort: 22,
                  Description: 'SSH_CIDR',
                },
              ],
      });
    },
  },
  VPC_ID: { other: {}, lands: (template) => template.resourceCountIs('AWS::EC2::VPC', 1) }, // network.test.ts
  ASSIGN_IP: {
    other: {},
    lands: launchTemplate((config) => ({
      NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: config.ASSIGN_IP })],
    })),
  },
  NOTIFY_EMAIL: {
    other: { NOTIFY_EMAIL: 'you@example.org' },
    lands: (template, config) => {
      const mails = template.findResources('AWS::SNS::Subscription', {
        Properties: { Protocol: 'email', Endpoint: config.NOTIFY_EMAIL },
      });
      expect(Object.keys(mails)).toHaveLength(config.NOTIFY_EMAIL === undefined ? 0 : 1);
      template.resourceCountIs('AWS::SNS::Topic', config.NOTIFY_EMAIL === undefined ? 0 : 1);
    },
  },
  LOG_RETENTION_DAYS: {
    other: { LOG_RETENTION_DAYS: 7 },
    lands: (template, config) => {
      template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: config.LOG_RETENTION_DAYS });
    },
  },
} as const satisfies Readonly<Record<string, Landing>>;
