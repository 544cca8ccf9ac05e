"""Prints everything that exists in the emulated account, one line each: what differs before and after is what stays."""

import os

import boto3

session = boto3.session.Session()


def client(name):
    return session.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def listed(service, operation, key, name, **params):
    """`key` names the list in the answer, `name` picks what stands for each entry."""
    api = client(service)
    pages = api.get_paginator(operation).paginate(**params) if api.can_paginate(operation) else [getattr(api, operation)(**params)]
    return [name(entry) for page in pages for entry in page.get(key) or []]


def field(name):
    return lambda entry: entry[name]


def itself(entry):
    return entry


KINDS = {
    "stack": lambda: [
        s["StackName"]
        for s in client("cloudformation").describe_stacks()["Stacks"]
        if s["StackStatus"] != "DELETE_COMPLETE"
    ],
    "queue": lambda: listed("sqs", "list_queues", "QueueUrls", itself),
    "log group": lambda: listed("logs", "describe_log_groups", "logGroups", field("logGroupName")),
    "network": lambda: listed("ec2", "describe_vpcs", "Vpcs", field("VpcId")),
    "subnet": lambda: listed("ec2", "describe_subnets", "Subnets", field("SubnetId")),
    "route table": lambda: listed("ec2", "describe_route_tables", "RouteTables", field("RouteTableId")),
    "gateway": lambda: listed("ec2", "describe_internet_gateways", "InternetGateways", field("InternetGatewayId")),
    "endpoint": lambda: [
        e["VpcEndpointId"]
        for e in client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        if e["State"] not in ("deleted", "Deleted")
    ],
    "security group": lambda: listed("ec2", "describe_security_groups", "SecurityGroups", field("GroupId")),
    "launch template": lambda: listed("ec2", "describe_launch_templates", "LaunchTemplates", field("LaunchTemplateId")),
    "machine": lambda: [
        i["InstanceId"]
        for r in client("ec2").describe_instances()["Reservations"]
        for i in r["Instances"]
        if i["State"]["Name"] != "terminated"
    ],
    "volume": lambda: listed("ec2", "describe_volumes", "Volumes", field("VolumeId")),
    "group": lambda: listed("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", field("AutoScalingGroupName")),
    "cluster": lambda: [
        c["clusterName"]
        for c in client("ecs").describe_clusters(clusters=client("ecs").list_clusters()["clusterArns"])["clusters"]
        if c["status"] == "ACTIVE"
    ],
    "task definition": lambda: listed("ecs", "list_task_definitions", "taskDefinitionArns", itself, status="ACTIVE"),
    "role": lambda: listed("iam", "list_roles", "Roles", field("RoleName")),
    "policy": lambda: listed("iam", "list_policies", "Policies", field("PolicyName"), Scope="Local"),
    "instance profile": lambda: listed("iam", "list_instance_profiles", "InstanceProfiles", field("InstanceProfileName")),
    "function": lambda: listed("lambda", "list_functions", "Functions", field("FunctionName")),
    "schedule": lambda: listed("scheduler", "list_schedules", "Schedules", field("Name")),
    "rule": lambda: listed("events", "list_rules", "Rules", field("Name")),
    "alarm": lambda: listed("cloudwatch", "describe_alarms", "MetricAlarms", field("AlarmName")),
    "dashboard": lambda: listed("cloudwatch", "list_dashboards", "DashboardEntries", field("DashboardName")),
    "topic": lambda: listed("sns", "list_topics", "Topics", field("TopicArn")),
    "subscription": lambda: listed("sns", "list_subscriptions", "Subscriptions", field("SubscriptionArn")),
    "parameter": lambda: listed("ssm", "describe_parameters", "Parameters", field("Name")),
    "bucket": lambda: [b["Name"] for b in client("s3").list_buckets()["Buckets"]],
    "repository": lambda: listed("ecr", "describe_repositories", "repositories", field("repositoryName")),
}

for kind, names in KINDS.items():
    for name in sorted(names()):
        print(f"{kind} {name}")
