"""Starts ministack 1.5.33, an AWS on this machine, and makes it do seven things as AWS does them.

1. The image id of ECS's machine image is known (AWS publishes it as a public parameter).
2. A bucket that holds objects cannot be deleted.
3. An update that says nothing of a group's desired capacity leaves it as it is.
4. A group with mixed instances shows its launch template.
5. An alarm on an expression is taken (as one on the expression's first metric: its arithmetic is not seen here).
6. Processes of a group can be suspended.
7. Spot machines have a price.

It listens on a port of 127.0.0.1 that the system chooses, and writes it to file descriptor 3. The port is taken once
and kept: nobody else can take it between choosing and listening.
"""

import os
import socket
import sys
from importlib.metadata import version

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.setblocking(False)
port = str(listener.getsockname()[1])
os.environ["BIND_HOST"] = "127.0.0.1"
os.environ["GATEWAY_PORT"] = port
WANTED = "1.5.33"
if version("ministack") != WANTED:
    sys.exit(f"this launcher reaches into ministack {WANTED}; {version('ministack')} is installed")

import hypercorn.config  # noqa: E402
import ministack.app  # noqa: E402  the services expect to be imported by it
from ministack.services import autoscaling, ec2, s3, ssm  # noqa: E402
from ministack.services.cloudformation import provisioners  # noqa: E402

for kind in ("", "arm64/", "gpu/"):
    name = f"/aws/service/ecs/optimized-ami/amazon-linux-2023/{kind}recommended/image_id"
    ssm._PUBLIC_AMI_PARAMETERS[name] = "ami-0123456789abcdef0"

handlers = provisioners._RESOURCE_HANDLERS
bucket = handlers["AWS::S3::Bucket"]
group = handlers["AWS::AutoScaling::AutoScalingGroup"]
delete_bucket, update_group = bucket["delete"], group["update"]
group_fields = provisioners._asg_fields
alarm_record = provisioners._cw_metric_alarm_record


def delete_empty_bucket(name, props):
    if s3._buckets.get(name, {}).get("objects"):
        raise ValueError(f"The bucket you tried to delete is not empty: {name}")
    return delete_bucket(name, props)


def update_group_in_place(name, old, new, *rest, **named):
    current = provisioners._asg._asgs.get(name)
    if current and "DesiredCapacity" not in new:
        least, most = int(new.get("MinSize", 0)), int(new.get("MaxSize", 0))
        new = {**new, "DesiredCapacity": max(least, min(most, current["DesiredCapacity"]))}
    return update_group(name, old, new, *rest, **named)


def fields_with_template(props):
    mixed = (props.get("MixedInstancesPolicy") or {}).get("LaunchTemplate", {})
    template = props.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    return group_fields({**props, "LaunchTemplate": template})


def on_one_metric(props):
    if "Metrics" not in props:
        return props
    one = next(entry["MetricStat"] for entry in props["Metrics"] if "MetricStat" in entry)
    plain = {name: value for name, value in props.items() if name != "Metrics"}
    return {**plain, **one["Metric"], "Period": one["Period"], "Statistic": one["Stat"]}


def suspend_processes(params):
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    if group is None:
        return autoscaling._error("ValidationError", "AutoScalingGroup name not found")
    return autoscaling._xml(200, "SuspendProcessesResponse", "")


def spot_price_history(params):
    zone = f"{ec2.get_region()}a"
    price = f"<item><instanceType>m5.large</instanceType><availabilityZone>{zone}</availabilityZone><spotPrice>0.04</spotPrice></item>"
    return ec2._xml(200, "DescribeSpotPriceHistoryResponse", f"<spotPriceHistorySet>{price}</spotPriceHistorySet>")


autoscaling._ACTION_MAP["SuspendProcesses"] = suspend_processes
ec2._ACTION_MAP["DescribeSpotPriceHistory"] = spot_price_history
bucket["delete"] = delete_empty_bucket
group["update"] = update_group_in_place
provisioners._cw_metric_alarm_record = lambda name, props: alarm_record(name, on_one_metric(props))
provisioners._asg_fields = fields_with_template

hypercorn.config.Config._create_sockets = lambda self, binds, kind=socket.SOCK_STREAM: [listener]
with os.fdopen(3, "w") as parent:
    parent.write(f"{port}\n")

sys.argv = ["ministack"]
ministack.app.main()
