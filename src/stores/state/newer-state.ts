/** The state was written by a newer Tiercel: reading on could misread it, writing on could spoil it. */
export class NewerState extends Error {
  constructor(file: string, version: number, known: number) {
    super(
      `${file} has schema version ${version}, this Tiercel knows versions up to ${known}: run the newer Tiercel that wrote it, or restore the backup from before the upgrade`,
    );
    this.name = "NewerState";
  }
}
