/** The flags of `mesos-execute`, for people; `-` and `_` are the same, `--no-X` is `--X=false`. */
export const EXECUTE_HELP = `
What to run:
  --master=HOST:PORT[,...]     masters; a standby sends on to the leader
  --name=NAME                  name and id of the task
  --command=LINE               shell command; with --no-shell a program and its arguments
  --no-shell                   no shell; without --command what the image starts by itself
  --env=JSON                   variables, e.g. {"KEY": "value"}
  --resources=TEXT             default cpus:1;mem:128
  --task=JSON                  instead: a TaskInfo
  --task_group=JSON            instead: a TaskGroupInfo

How:
  --docker_image=IMAGE         image of the task
  --containerizer=NAME         mesos (default) or docker
  --networks=NAME[,...]        networks the container joins
  --volumes=JSON               list of Volume
  --rlimits=JSON               RLimitInfo
  --effective_capabilities=JSON, --bounding_capabilities=JSON
                               CapabilityInfo, e.g. {"capabilities": ["NET_RAW"]}
  --tty                        a terminal
  --kill_after=DURATION        kill it so long after it began to run, e.g. 10secs
  --user=USER                  user of the task; default: yours

As whom:
  --role=ROLE                  role that is charged; default *
  --principal=NAME, --secret=TEXT
                               credential
  --checkpoint                 the task survives a restart of its agent
  --framework_capabilities=NAME[,...]
                               besides those that are always on
  --no-partition_aware         hear TASK_LOST instead of finer states
  --content_type=NAME          json (default) or protobuf
  --log_level=LEVEL            what goes to standard error: error, warn (default), info, debug

JSON may also be given as the path of a file: /path or file:///path.
Exit code: 0 when every task finished, 1 otherwise, 2 for wrong flags.
`;
