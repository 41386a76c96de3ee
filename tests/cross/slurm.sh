#!/bin/sh
# samples/dataset.mk on a real Slurm of two nodes on this machine, one of them killed with its jobs in the
# middle: make says what failed, goes on when it is run again, and the files are those of one machine.  Needs
# Debian's slurm-wlm and munge, which make cross installs where this user may.
set -eu
unset MAKEFLAGS MAKELEVEL MFLAGS
PATH=$PATH:/usr/sbin:/sbin
installed() { command -v slurmctld && command -v slurmd && command -v srun && command -v munged; }
if ! installed >/dev/null && [ -n "${CROSS:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update -qq
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends \
          slurm-wlm munge; } >apt.log 2>&1 || true
fi
installed >/dev/null || { echo "no Slurm: apt-get install slurm-wlm munge, or make cross as root"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "Slurm's daemons run as root, which this user is not"; exit 77; }
unshare --pid --fork --mount-proc true 2>/dev/null || { echo "no namespaces here to make nodes of"; exit 77; }
case ${BUILD##*/} in *asan* | *tsan*) echo "nothing here that other tests do not sanitize"; exit 77 ;; esac

# ---- a cluster ----
top=$PWD host=$(hostname) port=$((20000 + $$ % 10000 * 3))
pids=
mkdir log state spool.one spool.two
trap 'kill -9 $pids 2>/dev/null || true' EXIT
start() # NAME COMMAND…
{
    log=$1
    shift
    "$@" >"$top/log/$log" 2>&1 &
    pids="$pids $!"
}
until_true() # SECONDS COMMAND…
{
    tries=$(($1 * 10))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "waited in vain: $*"; tail -n 5 "$top"/log/slurm* 2>&1; exit 1; }
        sleep 0.1
    done
}
head -c 128 /dev/urandom >munge.key
chmod 400 munge.key
chmod 755 .
cat >slurm.conf <<END
ClusterName=weir
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$top/munge.sock
StateSaveLocation=$top/state
SlurmdSpoolDir=$top/spool.%n
SlurmctldPidFile=$top/slurmctld.pid
SlurmdPidFile=$top/slurmd.%n.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=sched_min_interval=50000,batch_sched_delay=0
SlurmdParameters=config_overrides
SlurmdTimeout=3
MessageTimeout=5
KillWait=1
NodeName=one NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=4
NodeName=two NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=4
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
END
SLURM_CONF=$top/slurm.conf
export SLURM_CONF
start munged munged --force --foreground --socket="$top/munge.sock" --key-file="$top/munge.key" \
    --pid-file="$top/munged.pid" --seed-file="$top/munge.seed" --log-file="$top/log/munge"
until_true 10 test -S munge.sock
start slurmctld slurmctld -D
for n in one two; do
    # A namespace of processes each: a node dies as one, as a machine does.
    start slurmd.$n unshare --pid --fork --kill-child --mount-proc sh -c "slurmd -D -N $n & wait"
    node=$! # the last one
done
nodes_are() { [ "$(timeout 5 sinfo -h -N -o %t | grep -cE "$2")" = "$1" ]; }
until_true 20 nodes_are 2 '^idle$'

# ---- the same data set on this machine and there ----
mkdir raw here there
cp -r "$SRC/samples/raw/." raw
sh "$SRC/tests/documents.sh" 2400 >made
split -n l/6 -d -a 1 --additional-suffix=.jsonl made raw/made-
cat >build.mk <<END
GROUPS := zh en code made
made.sources := made
made.preset := knowlm-zh
made.from := jsonl
made.raw := $(cd raw && for f in made-?.jsonl; do printf ' ../raw/%s' "$f"; done)
include $SRC/samples/dataset.mk
END
cat >step <<'END'
#!/bin/sh
# A step lasts long enough that a node can die of it.
echo "$SLURMD_NODENAME" >>where
sleep 0.3
exec "$@"
END
chmod +x step
build() # FOLDER OPTION…
{
    in=$1
    shift
    (cd "$in" && make -s -f ../build.mk RAW=../raw OUT=out MODEL="$SRC/samples/tokenizer.model" WEIR="$BUILD/bin/weir" \
        "$@" >>log 2>&1)
}
slurm() { build there -j8 RUN='srun -Q -N1 -n1 -c1 ../step' "$@"; }
build here -j2
some_on_two() { [ "$(ls there/out/clean 2>/dev/null | wc -l)" -ge 4 ] && squeue -h -w two -t R -o %i | grep -q .; }
slurm -k &
build_pid=$!
until_true 60 some_on_two
kill -9 "$node"
wait $build_pid && { echo "nothing failed when a node died"; exit 1; }
made=$(find there/out -type f -name '*.*' | wc -l)
until_true 30 nodes_are 1 '^down'
rm there/where
slurm || { tail -n 20 there/log; exit 1; }
[ "$(sort -u there/where)" = one ]
# What was finished before the node died was not made again.
steps=$(sed -n '$=' there/where)
all=$(cd there/out && find docs clean sig match unique tokens samples -type f | wc -l)
echo "$made files were there when the build stopped; $steps steps followed for $all files"
[ "$steps" -lt "$all" ]
for o in here there; do rm -r $o/out/ledger $o/out/audit.txt $o/out/check.txt $o/log; done
rm there/where
diff -r here there
