"""Two layers of leaky neurons in snnTorch, as its users write them; their spikes are kept for the tutorial.

pip install torch snntorch
python benchmarks/interchange/snntorch_network.py docs/tutorials/snntorch.npz
"""

from __future__ import annotations

import sys

import numpy as np
import snntorch
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
inputs = (torch.rand(100, 40) < 0.1).double()  # (time, unit)

fc1, lif1 = torch.nn.Linear(40, 30, bias=False), snntorch.Leaky(beta=0.9)
fc2, lif2 = torch.nn.Linear(30, 10, bias=False), snntorch.Leaky(beta=0.9)
with torch.no_grad():
    fc1.weight *= 6
    fc2.weight *= 6
    mem1, mem2 = lif1.init_leaky(), lif2.init_leaky()
    hidden, output = [], []
    for step in range(100):
        spk1, mem1 = lif1(fc1(inputs[step]), mem1)
        spk2, mem2 = lif2(fc2(spk1.double()), mem2)  # spikes are single precision
        hidden.append(spk1)
        output.append(spk2)

np.savez_compressed(
    sys.argv[1],
    inputs=inputs.numpy().astype(bool),
    hidden=torch.stack(hidden).numpy().astype(bool),
    output=torch.stack(output).numpy().astype(bool),
    weights_1=fc1.weight.numpy(force=True),
    weights_2=fc2.weight.numpy(force=True),
    versions=[f"snnTorch {snntorch.__version__}, PyTorch {torch.__version__}"],
)
