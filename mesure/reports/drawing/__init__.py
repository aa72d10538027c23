"""Drawing: projection, paths, strips and pictures in SVG."""
