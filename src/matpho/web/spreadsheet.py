"""A spreadsheet as an answer: a CSV file that a browser keeps under a name."""

from fastapi.responses import Response


def spreadsheet(text: str | bytes, name: str) -> Response:
    """``text`` as the file ``name``; whoever makes it begins it with a UTF-8 mark, so that Excel reads Vietnamese."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
