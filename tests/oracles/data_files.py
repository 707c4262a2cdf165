"""Writes random preference pairs with the programs that people write data files with.

Each file in data_files/ is named SET-PROGRAM-KIND.ENDING; SET.jsonl beside them holds the same pairs as plain JSON.

    pip install pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1 datasets==5.2.0 openpyxl==3.1.5 fastparquet==2026.9.0
    python data_files.py                       # the files in data_files/
    python data_files.py --seed 7 --out DIR    # others; TILLER_DATA_ORACLES=DIR makes the test read those
"""

import argparse
import csv
import json
import pathlib
import random
import shutil

import datasets
import openpyxl
import pandas
import polars
import pyarrow
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

HERE = pathlib.Path(__file__).parent
COLUMNS = ["prompt", "chosen", "rejected"]
REPEATED = 1000

# Letters of many scripts, and what trips readers up. NUL is refused, and `_x000D_` means a carriage return in a workbook.
RANGES = [
    (0x20, 0x7E), (0xA1, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x620, 0x64A), (0x904, 0x939),
    (0xE01, 0xE2E), (0x10A0, 0x10FF), (0x1200, 0x1248), (0x3041, 0x3096), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3),
    (0x1F300, 0x1F5FF), (0x20000, 0x2A6D6),
]
MARKS = ['"', '""', "'", ",", ";", "\t", "|", "\\", '\\"', "\n", "\r\n", "\n\n", " ", "  ", "\u00a0", "\u2028", "\u0301", "\u202e",
         "\ufeff", "\u0085", "=", "#", "{", "}", "[", "]", "//", "&amp;", "<b>"]
WHOLE = ["", " ", "NA", "nan", "null", "None", "True", "1", "-1.50", "1e999", "2026-01-01", "=1+1", "'quoted'", '"quoted"',
         '"', "\\", "\n", "[1, 2]", '{"a": 1}', "[]", "{}", "sep=;", "Yes, \"really\"", "ends in a backslash\\", "#no comment",
         "two\nlines", "\ttab", " blanks around ", "+1", "@x"]


def text(draw):
    kind = draw.random()
    if kind < 0.3:
        return draw.choice(WHOLE)
    parts = []
    for _ in range(draw.randrange(1, 9)):
        if draw.random() < 0.45:
            parts.append(draw.choice(MARKS))
        else:
            first, last = draw.choice(RANGES)
            parts.append("".join(chr(draw.randrange(first, last + 1)) for _ in range(draw.randrange(1, 7))))
    return "".join(parts)


def pairs(draw, count):
    return [{name: text(draw) for name in COLUMNS} for _ in range(count)]


def conversations(draw, count):
    """Pairs as TRL has them: each text is a list of messages."""
    rows = []
    for number in range(count):
        prompt = [{"role": "system", "content": text(draw)}] if number % 2 else []
        for _ in range(number % 3):
            prompt += [{"role": "user", "content": text(draw)}, {"role": "assistant", "content": text(draw)}]
        prompt.append({"role": "user", "content": text(draw)})
        answers = {name: [{"role": "assistant", "content": text(draw)}] for name in COLUMNS[1:]}
        rows.append({"prompt": prompt, **answers})
    return rows


def tiller(row):
    """A row in Tiller's own fields."""
    if isinstance(row["prompt"], str):
        return {"prompt": row["prompt"], "wanted": row["chosen"], "opposite": row["rejected"]}
    *before, last = row["prompt"]
    system = [message["content"] for message in before if message["role"] == "system"]
    turns = [{"role": m["role"], "text": m["content"]} for m in before if m["role"] != "system"]
    line = {"prompt": last["content"], "wanted": row["chosen"][0]["content"], "opposite": row["rejected"][0]["content"]}
    return line | ({"system": system[0]} if system else {}) | ({"turns": turns} if turns else {})


def one_line_break(content):
    return content.replace("\r\n", "\n").replace("\r", "\n")


def write_lines(path, rows):
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8", newline="")


def by_csv_module(rows, path):
    kinds = {
        "excel": dict(),
        "tabs": dict(dialect="excel-tab"),
        "semicolons": dict(delimiter=";", quoting=csv.QUOTE_ALL),
        "bars": dict(delimiter="|", lineterminator="\n"),
        "backslash": dict(quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\"),
    }
    for kind, options in kinds.items():
        with open(path(f"csv-{kind}.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, **options)
            writer.writeheader()
            writer.writerows(rows)
    with open(path("csv-utf16.csv"), "w", newline="", encoding="utf-16") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def by_json_module(rows, path):
    def write(kind, content):
        path(f"json-{kind}").write_text(content, encoding="utf-8", newline="")

    write("lines.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    write("lines-utf8.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    write("list.json", json.dumps(rows))
    write("indented.json", json.dumps(rows, indent=1, ensure_ascii=False))


def by_pandas(rows, path, has_lists):
    frame = pandas.DataFrame(rows, columns=COLUMNS)
    frame.to_json(path("pandas-lines.jsonl"), orient="records", lines=True)
    frame.to_json(path("pandas-list.json"), orient="records", force_ascii=False)
    frame.to_parquet(path("pandas-index.parquet"), index=True)
    frame.to_feather(path("pandas-feather.feather"))
    if has_lists:
        return
    frame.to_csv(path("pandas-index.csv"))
    frame.to_csv(path("pandas-bom.csv"), index=False, encoding="utf-8-sig")
    frame.to_csv(path("pandas-gzip.csv.gz"), index=False)
    frame.to_csv(path("pandas-crlf.csv"), index=False, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    frame.to_parquet(path("fastparquet-gzip.parquet"), engine="fastparquet", compression="gzip")


def by_polars(rows, path, has_lists):
    frame = polars.DataFrame(rows)
    for compression in ["uncompressed", "zstd"] if has_lists else ["uncompressed", "snappy", "gzip", "brotli", "lz4", "zstd"]:
        frame.write_parquet(path(f"polars-{compression}.parquet"), compression=compression)
    for compression in ["uncompressed", "lz4", "zstd"]:
        frame.write_ipc(path(f"polars-{compression}.arrow"), compression=compression)
    frame.write_ipc_stream(path("polars-stream.arrows"))
    frame.write_ndjson(path("polars-lines.jsonl"))
    frame.write_json(path("polars-list.json"))
    if not has_lists:
        frame.write_csv(path("polars-necessary.csv"))
        frame.write_csv(path("polars-always.csv"), quote_style="always", separator=";")


def by_pyarrow(rows, path, has_lists):
    table = pyarrow.Table.from_pylist(rows)
    for compression in ["zstd"] if has_lists else ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]:
        pyarrow.parquet.write_table(table, path(f"pyarrow-{compression}.parquet"), compression=compression)
    pyarrow.parquet.write_table(table, path("pyarrow-v2.parquet"), data_page_version="2.0", use_dictionary=False,
                                column_encoding=None if has_lists else {name: "DELTA_BYTE_ARRAY" for name in COLUMNS})
    for compression in ["uncompressed", "lz4", "zstd"]:
        pyarrow.feather.write_feather(table, path(f"pyarrow-{compression}.feather"), compression=compression)
    for compression in [None, "lz4", "zstd"]:
        options = pyarrow.ipc.IpcWriteOptions(compression=compression)
        with pyarrow.ipc.new_stream(path(f"pyarrow-{compression}.arrows"), table.schema, options=options) as writer:
            writer.write_table(table)
    if not has_lists:
        large = table.cast(pyarrow.schema([(name, pyarrow.large_string()) for name in COLUMNS]))
        with pyarrow.ipc.new_file(path("pyarrow-large.arrow"), large.schema) as writer:
            writer.write_table(large)
        coded = pyarrow.table({name: table[name].dictionary_encode() for name in COLUMNS})
        with pyarrow.ipc.new_file(path("pyarrow-dictionary.arrow"), coded.schema) as writer:
            writer.write_table(coded)
        pyarrow.csv.write_csv(table, path("pyarrow-needed.csv"))
        pyarrow.csv.write_csv(table, path("pyarrow-all.csv"), pyarrow.csv.WriteOptions(quoting_style="all_valid"))


def by_datasets(rows, path, has_lists):
    datasets.disable_progress_bars()
    data = datasets.Dataset.from_list(rows)
    folder = path("saved")
    data.save_to_disk(folder)
    shutil.copy(next(folder.glob("*.arrow")), path("datasets-saved.arrow"))
    shutil.rmtree(folder)
    data.to_parquet(path("datasets-plain.parquet"))
    data.to_json(path("datasets-lines.jsonl"))
    data.to_json(path("datasets-list.json"), lines=False)
    if not has_lists:
        data.to_csv(path("datasets-plain.csv"))


def by_openpyxl(rows, path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(COLUMNS)
    for number, row in enumerate(rows, start=2):
        for column, name in enumerate(COLUMNS, start=1):
            cell = sheet.cell(number, column)
            # Otherwise a text that begins like a formula becomes one, and an empty one no cell.
            cell.value, cell.data_type = row[name], "s"
    book.save(path("openpyxl-plain.xlsx"))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--pairs", type=int, default=12)
    arguments.add_argument("--out", type=pathlib.Path, default=HERE / "data_files")
    given = arguments.parse_args()
    shutil.rmtree(given.out, ignore_errors=True)
    given.out.mkdir(parents=True)
    draw = random.Random(given.seed)
    sets = {"texts": pairs(draw, given.pairs), "talks": conversations(draw, max(4, given.pairs // 2))}

    def path(name):
        return lambda rest: given.out / f"{name}-{rest}"

    for name, rows in sets.items():
        write_lines(given.out / f"{name}.jsonl", [tiller(row) for row in rows])
        has_lists = name == "talks"
        by_json_module(rows, path(name))
        by_pandas(rows, path(name), has_lists)
        by_polars(rows, path(name), has_lists)
        by_pyarrow(rows, path(name), has_lists)
        by_datasets(rows, path(name), has_lists)
    # Texts of up to 32,767 letters, the most of an Excel cell: the oracle says how often a text is repeated.
    part = {name: one_line_break(text(draw)[:20] + name) for name in COLUMNS}
    whole = [{name: part[name] * REPEATED for name in COLUMNS}]
    write_lines(given.out / "long.jsonl", [tiller(part) | {"times": REPEATED}])
    frame = pandas.DataFrame(whole)
    frame.to_csv(path("long")("pandas.csv.gz"), index=False)
    frame.to_json(path("long")("pandas.jsonl.gz"), orient="records", lines=True)
    frame.to_parquet(path("long")("pandas.parquet"), compression="brotli")
    frame.to_feather(path("long")("pandas.feather"), compression="zstd")
    by_openpyxl(whole, path("long"))
    # A concept set: columns as AxBench's Parquet has them, of which a person names three.
    concepts = pandas.DataFrame(sets["texts"]).rename(
        columns={"prompt": "input", "chosen": "output_concept", "rejected": "output"})
    for name, value in {"concept_genre": "text", "category": "positive", "concept_id": 7, "sae_link": None}.items():
        concepts[name] = value
    concepts.to_parquet(path("concepts")("pandas.parquet"), index=False)
    by_csv_module(sets["texts"], path("texts"))
    # XML has one line break: openpyxl writes the others as they are, and every reader of XML makes them one.
    # An empty cell is no text, and openpyxl does not mark blanks alone as such that are kept.
    cell = lambda content: one_line_break(content) if content.strip() else "blank"
    sheet = [{name: cell(row[name]) for name in COLUMNS} for row in sets["texts"]]
    write_lines(given.out / "sheets.jsonl", [tiller(row) for row in sheet])
    by_openpyxl(sheet, path("sheets"))


main()
