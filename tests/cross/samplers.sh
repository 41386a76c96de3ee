# What a run has read, and what is left of it: PyTorch's DistributedSampler itself, and KnowLM's sampler
# and Megatron's GPTDataset written anew from their descriptions.  Needs Debian's python3-torch and -numpy.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import torch, numpy' 2>/dev/null && exec "$python" "$SRC/tests/cross/samplers.py"
done
echo "torch and numpy are not importable"
exit 77
