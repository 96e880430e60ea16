from ..progress import progress_bar as progress_bar
