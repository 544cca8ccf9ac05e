/** The least that is a CDK app: one queue. It imports the whole library, as the CDK's own templates do. */
import * as cdk from 'aws-cdk-lib';

const app = new cdk.App();
new cdk.aws_sqs.Queue(new cdk.Stack(app, 'Bare'), 'Queue');
app.synth();
