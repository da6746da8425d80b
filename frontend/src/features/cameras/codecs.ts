const NAMES: Record<string, string> = { h264: 'H.264', hevc: 'H.265', h265: 'H.265', mjpeg: 'MJPEG' };

/** A codec as people and camera menus call it. */
export const codecName = (codec: string): string => NAMES[codec.toLowerCase()] ?? codec;
