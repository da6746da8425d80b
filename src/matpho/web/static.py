"""The built front-end: files with a hash in their name are kept for ever, the page itself never."""

from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST: Final = Path(__file__).parent / "dist"
_UNBUILT = (
    "<!doctype html><html lang='vi'><meta charset='utf-8'><title>Mắt Phố</title>"
    "<p>Giao diện chưa được dựng. API: <a href='/api/session'>/api/session</a></p>"
    "<p lang='en'>The front-end has not been built.</p></html>"
)


class FrontEnd(StaticFiles):
    """Serves ``folder``; any other address outside the API gives the page (addresses inside it are hashes)."""

    def __init__(self, folder: Path = DIST) -> None:
        super().__init__(directory=folder, check_dir=False, follow_symlink=False)
        self.config_checked = True  # a folder that is not there (yet) is an unbuilt page, not an error
        self._page = folder / "index.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the page."""
        if path in (".", "index.html"):
            return self._index()
        if scope["path"].split("/")[1:2] in (["api"], ["healthz"]):
            raise HTTPException(404)
        try:
            answer = await super().get_response(path, scope)
        except HTTPException as e:
            if e.status_code == 404 and "." not in path.rpartition("/")[2]:
                return self._index()
            raise
        hashed = path.startswith("assets/")
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return answer

    def _index(self) -> Response:
        if not self._page.is_file():
            return Response(_UNBUILT, media_type="text/html")
        return FileResponse(self._page, media_type="text/html", headers={"Cache-Control": "no-store"})
