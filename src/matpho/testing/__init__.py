"""Shipped for authors of plug-ins and for our own tests: fakes and the conformance suite of each port.

The running system never imports this (an import contract says so).
"""
