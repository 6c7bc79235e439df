/** What the keys do. */
import { Kbd, Modal, Table } from "@mantine/core";
import { places } from "./places.tsx";

const keys: readonly (readonly [readonly string[], string])[] = [
  [["/"], "search"],
  [["j", "k"], "next, previous row"],
  [["←", "→"], "value before, after in the row"],
  [["Enter"], "open the row"],
  [["Esc"], "close"],
  [["f"], "filter by the value that is marked"],
  [["x"], "exclude it"],
  [["l"], "follow what arrives"],
  [["t"], "time range"],
  [["?"], "this help"],
  ...places.map(({ key, label }): readonly [readonly string[], string] => [["g", key], `go to ${label}`]),
];

export function ShortcutsHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ "aria-label": "Close" }}>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {keys.map(([names, what]) => (
            <Table.Tr key={what}>
              <Table.Td w={110}>
                {names.map((name) => (
                  <Kbd key={name} mr={4}>
                    {name}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
