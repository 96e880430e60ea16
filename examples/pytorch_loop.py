"""Train a small bi-encoder in a plain PyTorch loop on pairs with new switches in each epoch.

For real use, replace `Encoder` with your model and data/pairs.tsv with your rows.
"""

from __future__ import annotations

import argparse
import csv
from itertools import chain
from pathlib import Path
from zlib import crc32

import torch
from torch import nn
from torch.utils.data import DataLoader

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations.torch import SwitchedDataset

PAIRS = Path(__file__).with_name("data") / "pairs.tsv"


class Encoder(nn.Module):
    """Encodes a text as the mean of its word vectors; the hash of a word is its row."""

    def __init__(self, size: int = 1 << 14, dimensions: int = 64) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(size, dimensions, mode="mean")

    def forward(self, texts: list[str]) -> torch.Tensor:
        """Return one vector of length 1 per text."""
        words = [
            [crc32(word.encode()) % self.vectors.num_embeddings for word in text.lower().split()] for text in texts
        ]
        starts = torch.tensor([0, *map(len, words)])[:-1].cumsum(0)
        return nn.functional.normalize(self.vectors(torch.tensor(list(chain.from_iterable(words))), starts))


def main() -> None:
    """Train, and print the loss of each epoch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()

    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    switcher = CodeSwitcher(Lexicon.starter(), ["de", "ru", "it"])
    dataset = SwitchedDataset(rows, switcher.on("query", "passage"))
    loader = DataLoader(dataset, batch_size=8, shuffle=True, num_workers=options.workers)

    torch.manual_seed(0)
    model = Encoder()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for epoch in range(options.epochs):
        dataset.set_epoch(epoch)
        total = 0.0
        for batch in loader:
            scores = model(batch["query"]) @ model(batch["passage"]).T / 0.05
            loss = nn.functional.cross_entropy(scores, torch.arange(len(scores)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch}: loss {total / len(loader):.3f}")
    print(dataset[0]["query"])


if __name__ == "__main__":
    main()
