const sectorBytes = 512;

/** Assembled from `boot-sector.S` beside this file, without the zeros at its end. */
const code =
  '+jHAjtiOwI7QvAB8DwEWwHwPIMBmg8gBDyLA6iB8CABmuBAAjtiOwI7QvwAAAQAPIt8xwLkADAAA86vHBQAAAQADEAEAxwUAEAEAAyABAMcFACAB' +
  'AIMAAAAPIOCDyCAPIuC5gAAAwA8yDQABAAAPMA8gwA0AAACADyLA6oJ8AAAYALkALTEB/8l1/LBL5um4IQAAAOf09Ov9Dx+AAAAAAAAAAAAAAAAA' +
  '//8AAACazwD//wAAAJLPAP//AAAAmq8AHwCgfA==';

/** The exit code of QEMU when the sector has come to its end. */
export const bootSectorExitCode = 67;

/** The smallest guest that goes the way of a 64-bit kernel: a disk of one sector. */
export function bootSector(): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  sector.write(code, 'base64');
  sector.writeUInt16LE(0xaa55, sectorBytes - 2);
  return sector;
}
