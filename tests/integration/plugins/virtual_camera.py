"""A virtual ONVIF camera in a process of its own: ``virtual_camera.py ONVIF_PORT RTSP_PORT USER PASSWORD``."""

import signal
import sys
import time

import ipycam.camera
from ipycam import CameraConfig, IPCamera


class NoServer:
    """The pictures come from another server: this one only says where they are."""

    def __init__(self, **_):
        raise OSError("no RTSP server here")


ipycam.camera.NativeRTSPServer = NoServer


def main(onvif_port, rtsp_port, user, password):
    config = CameraConfig(
        local_ip="127.0.0.1",
        onvif_port=int(onvif_port),
        rtsp_port=int(rtsp_port),
        username=user,
        password=password,
        name="Cong-cho",
        manufacturer="PythonCam",
        model="VirtualCam-1",
        serial_number="PY-000007",
        main_stream_name="main.mp4",
        sub_stream_name="sub.mp4",
    )
    camera = IPCamera(config)
    camera.start()
    print("ready", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
