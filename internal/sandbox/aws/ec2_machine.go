package aws

import (
	"net/http"
	"strconv"
	"strings"
)

func machineCalls() map[string]handler {
	return map[string]handler{
		"CreateVolume": createVolume, "DescribeVolumes": describe("volume", "VolumeId", "volumeSet"), "DeleteVolume": remove("volume", "VolumeId"),
		"ModifyVolume": modifyVolume, "DescribeVolumesModifications": volumeChanges,
		"CreateSnapshot": createSnapshot, "DescribeSnapshots": describe("snapshot", "SnapshotId", "snapshotSet"), "DeleteSnapshot": remove("snapshot", "SnapshotId"),
		"DescribeNetworkInterfaces": func(*call) (any, error) { return answerXML{el("networkInterfaceSet")}, nil },
	}
}

// volumeSizes are the least and the most of each type, in GiB.
var volumeSizes = map[string][2]int{"gp2": {1, 16384}, "gp3": {1, 16384}, "io1": {4, 16384}, "io2": {4, 65536}, "st1": {125, 16384}, "sc1": {125, 16384}}

func judgeVolume(kind string, size int) error {
	limits, known := volumeSizes[kind]
	if !known {
		return refuse(http.StatusBadRequest, "UnknownVolumeType", "Unsupported volume type '%s' for volume creation.", kind)
	}
	if size < limits[0] || size > limits[1] {
		return refuse(http.StatusBadRequest, "InvalidParameterValue", "Volume of %dGiB is invalid; must be between %d and %dGiB.", size, limits[0], limits[1])
	}
	return nil
}

func createVolume(c *call) (any, error) {
	kind, zone, key := c.form.Get("VolumeType"), c.form.Get("AvailabilityZone"), c.form.Get("KmsKeyId")
	if kind == "" {
		kind = "gp2"
	}
	if !strings.HasPrefix(zone, c.region) || len(zone) != len(c.region)+1 {
		return nil, refuse(http.StatusBadRequest, "InvalidZone.NotFound", "The zone '%s' does not exist.", zone)
	}
	if err := judgeVolume(kind, c.number("Size")); err != nil {
		return nil, err
	}
	sealed := c.form.Get("Encrypted") == "true" || c.ec2().sealed
	if key != "" {
		if !sealed {
			return nil, refuse(http.StatusBadRequest, "InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set.")
		}
		// The vendor takes the call and lets the volume fail a moment later.
		if _, err := c.key(key); err != nil {
			return nil, refuse(http.StatusBadRequest, "InvalidKmsKey.NotFound", "the key %s is not in this account", key)
		}
	}
	iops, throughput := c.form.Get("Iops"), c.form.Get("Throughput")
	if kind == "gp3" && iops == "" {
		iops = "3000"
	}
	if kind == "gp3" && throughput == "" {
		throughput = "125"
	}
	id := c.account.name("vol")
	made := c.keep("volume", id, map[string]string{"volume-id": id}, say("volumeId", id), say("size", c.form.Get("Size")), say("availabilityZone", zone),
		say("status", "available"), say("volumeType", kind), say("encrypted", sealed), some("kmsKeyId", key),
		some("iops", iops), some("throughput", throughput), say("multiAttachEnabled", false), el("attachmentSet"), say("createTime", c.server.config.Now()))
	return answerXML(made.write()), nil
}

// modifyVolume makes one larger or another type; a volume never shrinks.
func modifyVolume(c *call) (any, error) {
	volume, err := c.thing("volume", "VolumeId")
	if err != nil {
		return nil, err
	}
	kind, size := volume.part("volumeType").text, volume.part("size").text
	if asked := c.form.Get("VolumeType"); asked != "" {
		kind = asked
	}
	before, _ := strconv.Atoi(size)
	if asked := c.form.Get("Size"); asked != "" {
		size = asked
	}
	after, _ := strconv.Atoi(size)
	if after < before {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterValue", "New size cannot be smaller than existing size")
	}
	if err := judgeVolume(kind, after); err != nil {
		return nil, err
	}
	volume.set(say("volumeType", kind))
	volume.set(say("size", size))
	for parameter, part := range map[string]string{"Iops": "iops", "Throughput": "throughput"} {
		if value := c.form.Get(parameter); value != "" {
			volume.set(say(part, value))
		}
	}
	return answerXML{el("volumeModification", changeOf(volume)...)}, nil
}

func changeOf(volume *thing) []element {
	return []element{say("volumeId", volume.id), say("modificationState", "completed"), say("targetSize", volume.part("size").text), say("targetVolumeType", volume.part("volumeType").text), say("progress", 100)}
}

func volumeChanges(c *call) (any, error) {
	var changed []*thing
	for _, id := range c.formList("VolumeId") {
		if volume := c.ec2().kinds["volume"][id]; volume != nil {
			changed = append(changed, volume)
		}
	}
	return answerXML{list("volumeModificationSet", "item", changed, changeOf)}, nil
}

func createSnapshot(c *call) (any, error) {
	volume, err := c.thing("volume", "VolumeId")
	if err != nil {
		return nil, err
	}
	id := c.account.name("snap")
	made := c.keep("snapshot", id, map[string]string{"snapshot-id": id, "volume-id": volume.id}, say("snapshotId", id), say("volumeId", volume.id), say("status", "completed"), say("progress", "100%"),
		say("ownerId", c.account.ID), say("volumeSize", volume.part("size").text), say("encrypted", volume.part("encrypted").text), say("storageTier", "standard"), some("description", c.form.Get("Description")),
		say("startTime", c.server.config.Now()))
	return answerXML(made.write()), nil
}
