package aws_test

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"

	"prosa/internal/sandbox/aws"
)

// A group is made from a template that stands, in subnets of the same network.
func TestAGroupOfMachinesIsMadeFromATemplate(t *testing.T) {
	const group = "Action=CreateAutoScalingGroup&AutoScalingGroupName=nats-1&MinSize=0&MaxSize=1&DesiredCapacity=1&LaunchTemplate.LaunchTemplateId={lt}&LaunchTemplate.Version="
	const show = "Action=DescribeAutoScalingGroups&AutoScalingGroupNames.member.1=nats-1"
	const template = "Action=CreateLaunchTemplate&LaunchTemplateName=nats-1&LaunchTemplateData.ImageId=ami-1&LaunchTemplateData.NetworkInterface.1.SecurityGroupId.1={sg}&LaunchTemplateData.Monitoring.Enabled=false" +
		"&LaunchTemplateData.TagSpecification.1.ResourceType=instance&LaunchTemplateData.TagSpecification.1.Tag.1.Key=Cluster&LaunchTemplateData.TagSpecification.1.Tag.1.Value=nats"
	large := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("#", 16385)))
	newCloud(t).tell(t, dev, slices.Concat(twoZones, []step{
		{"ec2", template + "&LaunchTemplateData.UserData=no base64!", "", 400, []string{"InvalidUserData.Malformed"}},
		{"ec2", template + "&LaunchTemplateData.UserData=" + large, "", 400, []string{"limited to 16384 bytes"}},
		{"ec2", template, "", 0, []string{"<latestVersionNumber>1<"}},
		{"ec2", template, "", 400, []string{"AlreadyExistsException"}},
		{"ec2", "Action=DescribeLaunchTemplateVersions&LaunchTemplateId={lt}&LaunchTemplateVersion.1=$Latest", "", 0,
			[]string{"<groupSet><groupId>{sg}</groupId></groupSet>", "<imageId>ami-1</imageId>", "<monitoring><enabled>false</enabled></monitoring>", "<tagSet><item><key>Cluster</key><value>nats</value></item></tagSet>"}},
		{"ec2", "Action=DescribeLaunchTemplateVersions&LaunchTemplateId={lt}&LaunchTemplateVersion.1=7", "", 400, []string{"VersionNotFound"}},

		{"autoscaling", group + "7&VPCZoneIdentifier={subnet}", "", 400, []string{"Could not find launch template version"}},
		{"autoscaling", group + "1&VPCZoneIdentifier=subnet-nowhere", "", 400, []string{"does not exist"}},
		{"autoscaling", strings.Replace(group, "DesiredCapacity=1", "DesiredCapacity=2", 1) + "1&VPCZoneIdentifier={subnet}", "", 400, []string{"must be between"}},
		{"autoscaling", group + "1&VPCZoneIdentifier={subnet}&HealthCheckGracePeriod=300&Tags.member.1.Key=Name&Tags.member.1.Value=nats-1&Tags.member.1.PropagateAtLaunch=false", "", 0, nil},
		{"autoscaling", show, "", 0, []string{"<HealthCheckGracePeriod>300<", "<AvailabilityZones><member>sa-east-1a</member>", "<VPCZoneIdentifier>{subnet}<", "<LaunchTemplateId>{lt}<", "<Version>1<", "<Key>Name<", "<DefaultCooldown>300<"}},
		{"autoscaling", "Action=DeleteAutoScalingGroup&AutoScalingGroupName=nats-1", "", 400, []string{"ResourceInUse"}},
		{"autoscaling", "Action=UpdateAutoScalingGroup&AutoScalingGroupName=nats-1&MinSize=2", "", 400, []string{"Max bound"}},
		{"autoscaling", "Action=CreateOrUpdateTags&Tags.member.1.ResourceId=nobody&Tags.member.1.Key=a", "", 400, []string{"does not exist"}},
		{"autoscaling", "Action=DeleteAutoScalingGroup&AutoScalingGroupName=nats-1&ForceDelete=true", "", 0, nil},
		{"ec2", "Action=CreateLaunchTemplateVersion&LaunchTemplateId={lt}&LaunchTemplateData.IamInstanceProfile.Arn=arn:aws:iam::" + dev + ":instance-profile/nobody", "", 0, []string{"<versionNumber>2<"}},
		{"autoscaling", group + "$Latest&VPCZoneIdentifier={subnet}", "", 400, []string{"Invalid IAM Instance Profile"}},
		{"ec2", "Action=ModifyLaunchTemplate&LaunchTemplateId={lt}&SetDefaultVersion=3", "", 400, []string{"VersionNotFound"}},
		{"ec2", "Action=DeleteLaunchTemplate&LaunchTemplateId={lt}", "", 0, nil},
		{"ec2", "Action=DescribeLaunchTemplates&LaunchTemplateId.1={lt}", "", 400, []string{"InvalidLaunchTemplateId.NotFound"}},
	}))
}

func TestAGroupsNetworkIsItsTemplates(t *testing.T) {
	newCloud(t).tell(t, dev, slices.Concat(twoZones, []step{
		{"ec2", "Action=CreateLaunchTemplate&LaunchTemplateName=elsewhere&LaunchTemplateData.SecurityGroupId.1={sg}", "", 0, nil},
		{"ec2", "Action=CreateVpc&CidrBlock=10.17.0.0/18", "", 0, nil},
		{"ec2", "Action=CreateSubnet&VpcId={vpc2}&CidrBlock=10.17.0.0/24&AvailabilityZone=sa-east-1a", "", 0, nil},
		{"autoscaling", "Action=CreateAutoScalingGroup&AutoScalingGroupName=a&MinSize=0&MaxSize=1&LaunchTemplate.LaunchTemplateName=elsewhere&VPCZoneIdentifier={subnet3}", "", 400, []string{"different networks"}},
	}))
}

// A group is made in its caller's name: who could not start such a machine, nor
// read what names its image, makes none.
func TestAGroupIsMadeByWhoMayStartItsMachines(t *testing.T) {
	const group = "Action=CreateAutoScalingGroup&AutoScalingGroupName=nats-1&MinSize=0&MaxSize=1&LaunchTemplate.LaunchTemplateName=nats-1"
	rights := func(statements string) step {
		return step{"iam", "Action=PutRolePolicy&RoleName=apply&PolicyName=p&PolicyDocument=" + url.QueryEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"autoscaling:*","Resource":"*"}`+statements+`]}`), "", 0, nil}
	}
	const machines = `,{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`
	const images = `,{"Effect":"Allow","Action":"ssm:GetParameters","Resource":"arn:aws:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*"}`
	const pass = `,{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::` + dev + `:role/node","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`
	c := newCloud(t)
	c.MakeRole(dev, "apply", letting(rootOfDev, "sts:AssumeRole", ""))
	c.MakeRole(dev, "node", letting(`"Service":"ec2.amazonaws.com"`, "sts:AssumeRole", ""))
	c.tell(t, dev, []step{
		{"iam", "Action=CreateInstanceProfile&InstanceProfileName=node", "", 0, nil},
		{"iam", "Action=AddRoleToInstanceProfile&InstanceProfileName=node&RoleName=node", "", 0, nil},
		{"ec2", "Action=CreateLaunchTemplate&LaunchTemplateName=nats-1&LaunchTemplateData.ImageId=resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023&LaunchTemplateData.IamInstanceProfile.Arn=arn:aws:iam::" + dev + ":instance-profile/node", "", 0, nil},
	})
	for _, one := range []struct{ rights, lacks string }{{"", "ec2:RunInstances"}, {machines, "iam:PassRole"}, {machines + pass, "ssm:GetParameters"}, {machines + pass + images, ""}} {
		c.tell(t, dev, []step{rights(one.rights)})
		status, answer := c.signed(t, c.Session(dev, "apply"), aws.Region, "autoscaling", group)
		if (one.lacks == "") != (status == 200) || !strings.Contains(answer, one.lacks) {
			t.Errorf("without %q: %d %s", one.lacks, status, answer)
		}
	}
}

func TestAVolumeGrowsAndIsPhotographed(t *testing.T) {
	const volume = "Action=CreateVolume&AvailabilityZone=sa-east-1a&VolumeType=gp3&Size="
	newCloud(t).tell(t, dev, []step{
		{"ec2", volume + "20000", "", 400, []string{"must be between"}},
		{"ec2", "Action=CreateVolume&AvailabilityZone=us-east-1a&VolumeType=gp3&Size=20", "", 400, []string{"InvalidZone.NotFound"}},
		{"ec2", volume + "20&KmsKeyId=k", "", 400, []string{"InvalidParameterDependency"}},
		{"ec2", volume + "20&KmsKeyId=k&Encrypted=true", "", 400, []string{"InvalidKmsKey.NotFound"}},
		{"ec2", volume + "20", "", 0, []string{"<iops>3000<", "<throughput>125<"}},
		{"ec2", "Action=ModifyVolume&VolumeId={vol}&Size=10", "", 400, []string{"cannot be smaller"}},
		{"ec2", "Action=ModifyVolume&VolumeId={vol}&Size=40", "", 0, []string{"<targetSize>40<"}},
		{"ec2", "Action=DescribeVolumesModifications&VolumeId.1={vol}", "", 0, []string{"completed"}},
		{"ec2", "Action=CreateSnapshot&VolumeId={vol}", "", 0, []string{"<volumeSize>40<"}},
		{"ec2", "Action=DeleteVolume&VolumeId={vol}", "", 0, nil},
		{"ec2", "Action=CreateSnapshot&VolumeId={vol}", "", 400, []string{"InvalidVolume.NotFound"}},
	})
}
