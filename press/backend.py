"""A Matplotlib backend whose `plt.show()` hands the open figures to the worker, as SVG."""

import io

from matplotlib import pyplot
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_svg import FigureCanvasSVG

FigureCanvas = FigureCanvasSVG
FigureManager = FigureManagerBase

shown: list[str] = []


def show(*args, **kwargs) -> None:
    for manager in Gcf.get_all_fig_managers():
        file = io.StringIO()
        manager.canvas.figure.savefig(file, format="svg", metadata={"Date": None})
        shown.append(file.getvalue())
    pyplot.close("all")
