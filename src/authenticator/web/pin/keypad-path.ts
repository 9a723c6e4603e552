/**
 * Whether a finger draws the PIN on a keypad (`123 456 789 0`): each key touches the one before, beside it or at a corner, or the
 * PIN is made of straight lines over three keys, whether or not these touch.
 */
export function isKeypadPath(pin: string): boolean {
  const keys = [...pin].map(placeOf);
  return keys.every((key, index) => index === 0 || touch(key, keys[index - 1])) || lines.test(pin);
}

const lines = /^(?:123|321|456|654|789|987|147|741|258|852|369|963|159|951|357|753|580|085)+$/;

interface Place {
  row: number;
  column: number;
}

const placeOf = (digit: string): Place => {
  const number = digit === '0' ? 11 : Number(digit);
  return { row: Math.ceil(number / 3), column: (number - 1) % 3 };
};

function touch(one: Place, other: Place | undefined): boolean {
  if (other === undefined) return false;
  const [rows, columns] = [Math.abs(one.row - other.row), Math.abs(one.column - other.column)];
  return rows + columns > 0 && rows < 2 && columns < 2;
}
