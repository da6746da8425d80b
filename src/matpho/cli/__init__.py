"""One command line: matpho …"""
