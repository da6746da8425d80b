"""OpenCV as it is: its type stubs lose the element type of every array, so what it gives is typed where it is kept."""

from typing import Any

import cv2

cv: Any = cv2
