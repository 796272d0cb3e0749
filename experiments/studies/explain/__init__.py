"""What made it decide?

For the first `n_images` test images, the study maps the pixels that the answer of each network depends on. Only the
images are changed, so the same methods work for both kinds (`attribution`).

Occlusion: windows of a quarter of the image's side are replaced by the mean training image, which removes both ink and
the absence of ink. The score is the share of the first answer in the output (spike counts over their sum; softmax).
Networks with spikes also have the spike-triggered average of noise added to the image, weighted by the share of output
spikes of the winning neuron, and the receptive field of that neuron, which is the same with noise around the mean
training image. Networks without spikes instead have the gradient of the log odds of the answer, from central
differences, for any kind of network.

Maps are compared by their absolute values. Control: the twin's map of another image, which is similar if both reflect
what all images have in common, such as an empty margin. Deletion: pixels are replaced by the mean training image in the
order of a map, the largest absolute value first; control: a random order. Tasks without images have no maps.

References
----------
Zeiler & Fergus (2014), ECCV, arXiv:1311.2901: occlusion. Simonyan, Vedaldi & Zisserman (2014), ICLR workshop,
arXiv:1312.6034: gradients. Schwartz, Pillow, Rust & Simoncelli (2006), Journal of Vision 6(4):13: spike-triggered
averages. Samek, Binder, Montavon, Lapuschkin & Müller (2017), IEEE TNNLS 28:2660-2673: deletion.
"""

from __future__ import annotations

from pydantic import Field, PositiveInt

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_images
        Number of test images that are explained.
    n_shown
        Number of those whose maps are stored.
    n_noise
        Number of noisy images for a spike-triggered average.
    deletion_steps
        Steps of the deletion, from no pixel to all.
    """

    max_train: PositiveInt | None
    n_images: int = Field(ge=2)
    n_shown: PositiveInt
    n_noise: PositiveInt
    deletion_steps: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Explanation",
    order=130,
    brief=False,
    opens_test_set=True,
    metrics=(
        Metric(
            "map_agreement",
            "",
            "Agreement of two maps of a network",
            "Spearman correlation of two absolute maps of a network (`map`, `other`), mean over images.",
            facts={"map": str, "other": str},
            bounds=(-1, 1),
        ),
        Metric(
            "twin_agreement",
            "",
            "Agreement of maps of twins",
            "Spearman correlation of an absolute map and one of the twin's (`map`, `twin`), mean over images.",
            facts={"map": str, "twin": str},
            bounds=(-1, 1),
        ),
        Metric(
            "twin_chance",
            "",
            "Agreement of maps of twins for two images",
            "The same with the twin's map of another image.",
            facts={"map": str, "twin": str},
            bounds=(-1, 1),
        ),
        Metric(
            "deletion_correct",
            "fraction",
            "Accuracy with pixels deleted",
            "Fraction of the images classified correctly with some pixels deleted in the order of a map, or at random.",
            facts={"order": str},
            step="Pixels deleted (%)",
        ),
        Metric(
            "deletion_share",
            "fraction",
            "Share of the first answer with pixels deleted",
            "Mean share of the output that the first answer then has. It starts lower where output neurons fire "
            "without input, so it is no comparison of kinds.",
            facts={"order": str},
            step="Pixels deleted (%)",
        ),
        Metric(
            "deletion_area",
            "fraction",
            "Mean accuracy from no pixel deleted to all",
            "Area under the curve of the images classified correctly, from no pixel deleted (0) to all (1).",
            facts={"order": str},
        ),
        Metric(
            "deletion_gain",
            "fraction",
            "What occlusion knows better than chance of the pixels that matter",
            "Area of the random order minus that of occlusion: how much better occlusion knows which pixels matter.",
            better="more",
            bounds=(-1, 1),
        ),
        Metric(
            "map_value",
            "",
            "Maps by pixel",
            "With the first seed, maps of the first `n_shown` images, and these images themselves (`map`: image), "
            "pixel by pixel, with the image's class and the network's answer.",
            facts={"image": int, "true": str, "answer": str, "map": str},
            step="Pixel, row by row",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_images=20, n_shown=3, n_noise=300, deletion_steps=16),
        "full": Config(max_train=None, n_images=50, n_shown=3, n_noise=1500, deletion_steps=20),
        "tiny": Config(max_train=600, n_images=6, n_shown=2, n_noise=60, deletion_steps=4),
    },
)
